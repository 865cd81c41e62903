/** Runs the headless twin, as the README tells a person to. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export type TwinLine = {
  readonly weightBits: number;
  readonly float32Top1: number;
  readonly top1: number;
  readonly sizeBytes: number;
  readonly onnxBytes: number;
};

type Asked = {
  readonly bits: string;
  readonly images: number;
  /** Further arguments, without their dashes. */
  readonly more?: Readonly<Record<string, string>>;
};

/** One line for each bitwidth, in their order. @throws with the twin's own sentence when it fails */
export async function runTwin({ bits, images, more }: Asked): Promise<readonly TwinLine[]> {
  const options = {
    model: 'resnet20',
    dataset: 'cifar10-sample',
    method: 'ptq',
    bits,
    scheme: 'modern',
    images: String(images),
    seed: '1',
    ...more,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'experiment', '--', ...args]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TwinLine);
}
