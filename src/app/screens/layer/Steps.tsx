/** A calculation, step by step: what is done, what it gives, and with which numbers. */
export type StepOf = {
  readonly id: string;
  readonly kind: 'float32' | 'quantized' | 'error';
  readonly name: string;
  /** As people read it; the number itself goes with it. */
  readonly value: string;
  readonly number: number;
  readonly note: string;
};

/** @param id names the steps to tests: "way" gives `way-code` */
export function Steps({ id, steps }: { readonly id: string; readonly steps: readonly StepOf[] }) {
  return (
    <ol className="steps-of">
      {steps.map((step) => (
        <li key={step.id} className={step.kind}>
          <span className="name">{step.name}</span>
          <data className="big" value={String(step.number)} data-testid={`${id}-${step.id}`}>
            {step.value}
          </data>
          <span className="note">{step.note}</span>
        </li>
      ))}
    </ol>
  );
}
