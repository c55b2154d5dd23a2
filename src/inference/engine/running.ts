/** The requests that run now: each has a signal that also fires when the engine ends. */

import { abortError } from '../cancel';

export class Running {
	readonly #controllers = new Set<AbortController>();
	#ended = false;

	/**
	 * A signal that follows the given one; call `dispose` when the request is over. It has fired already where the
	 * engine has ended.
	 */
	track(signal: AbortSignal): { readonly signal: AbortSignal; dispose(): void } {
		const controller = new AbortController();
		const dispose = () => {
			signal.removeEventListener('abort', abort);
			this.#controllers.delete(controller);
		};
		const abort = () => {
			// A consumer that neither reads on nor leaves never says that its request is over.
			dispose();
			controller.abort(abortError());
		};
		if (signal.aborted || this.#ended) {
			abort();
		} else {
			signal.addEventListener('abort', abort, { once: true });
			this.#controllers.add(controller);
		}
		return { signal: controller.signal, dispose };
	}

	/** Ends all of them, and those that come later. */
	abortAll(): void {
		this.#ended = true;
		for (const controller of this.#controllers) {
			controller.abort(abortError());
		}
	}
}
