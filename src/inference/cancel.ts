/** Cancellation: editor tokens as AbortSignals, silent aborts, and waits that a signal ends. */

/** The shape of VS Code's and vscode-jsonrpc's cancellation tokens. */
interface TokenLike {
	readonly isCancellationRequested: boolean;
	onCancellationRequested(listener: () => void): { dispose(): void };
}

/** Name of every error that means "cancelled", also across processes and bundles. */
const ABORT = 'AbortError';

export function abortError(): Error {
	return new DOMException('The operation was cancelled', ABORT);
}

export function isAbort(error: unknown): boolean {
	return error instanceof Error && (error.name === ABORT || error.name === 'Canceled');
}

export function throwIfAborted(signal: AbortSignal): void {
	if (signal.aborted) {
		throw abortError();
	}
}

/** An AbortSignal that follows the token. Call `dispose` when the work is over, so that no listener stays. */
export function signalOf(token: TokenLike): { readonly signal: AbortSignal; dispose(): void } {
	const controller = new AbortController();
	if (token.isCancellationRequested) {
		controller.abort(abortError());
		return { signal: controller.signal, dispose: () => undefined };
	}
	const subscription = token.onCancellationRequested(() => controller.abort(abortError()));
	return { signal: controller.signal, dispose: () => subscription.dispose() };
}

/** Resolves after `milliseconds`; rejects with an AbortError as soon as the signal fires. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal.aborted) {
			reject(abortError());
			return;
		}
		const onAbort = () => {
			clearTimeout(timer);
			reject(abortError());
		};
		const timer = setTimeout(() => {
			signal.removeEventListener('abort', onAbort);
			resolve();
		}, milliseconds);
		signal.addEventListener('abort', onAbort, { once: true });
	});
}

/** For work that takes as long as it likes: rejects with the reason of the signal as soon as that fires. */
export function unlessAborted<T>(work: PromiseLike<T>, signal: AbortSignal): Promise<T> {
	return new Promise((resolve, reject) => {
		const onAbort = () => reject(signal.reason);
		// Also where it comes too late: otherwise a failure of the work would be nobody's.
		work.then(resolve, reject).then(() => signal.removeEventListener('abort', onAbort));
		signal.throwIfAborted();
		signal.addEventListener('abort', onAbort, { once: true });
	});
}
