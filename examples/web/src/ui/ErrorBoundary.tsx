import { Component, type ReactNode } from 'react';

/** Instead of an empty window, if a part of the page cannot be loaded or has a bug. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError = () => ({ hasFailed: true });

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <main className="narrow page">
        <h1>This page could not be shown</h1>
        <p>It may have been updated since you opened it.</p>
        <button type="button" className="primary" onClick={() => location.reload()}>
          Load it again
        </button>
      </main>
    );
  }
}
