/** Why a model could not be had, in words for the user, and what may be done about it. */

/**
 * `transient`: it may go well the next time, and is tried again. `gated`: the server wants to know who asks. `final`: it
 * needs somebody to do what the message says.
 */
type FailureKind = 'transient' | 'gated' | 'final';

export class DownloadFailure extends Error {
	override readonly name = 'DownloadFailure';
	constructor(
		/** The thing, the reason and the remedy. */
		message: string,
		readonly kind: FailureKind,
		/** Milliseconds that the server asks to be left alone; undefined where it does not say. */
		readonly retryAfter?: number,
	) {
		super(message);
	}
}

export function isTransient(error: unknown): error is DownloadFailure {
	return error instanceof DownloadFailure && error.kind === 'transient';
}
