/** Stands in for a part of the page that failed: a sentence, and the way on. React has no function that could be one. */
import { Component, type ReactNode } from 'react';
import { WORDS } from '../words/words.ts';
import { isLostPart } from './lostPart.ts';

type Props = { readonly what: string; readonly children: ReactNode };

export class ErrorBoundary extends Component<Props, { readonly error: Error | null }> {
  override readonly state = { error: null as Error | null };

  static getDerivedStateFromError(error: unknown): { readonly error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    const { what, children } = this.props;
    if (!error) return children;
    const words = WORDS.recovery;
    const gone = isLostPart(error);
    return (
      <div className="notice" role="alert" data-testid="recovery">
        <p>{gone ? words.partGone(what) : words.broken(what, error.message)}</p>
        <p className="buttons">
          <button type="button" onClick={() => location.reload()}>
            {words.reload}
          </button>
          {!gone && (
            <button type="button" onClick={() => this.setState({ error: null })}>
              {words.tryAgain}
            </button>
          )}
        </p>
      </div>
    );
  }
}
