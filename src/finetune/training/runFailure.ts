/** Why a run cannot go on, in words for its user. */

export class RunFailure extends Error {
	override readonly name = 'RunFailure';
	/** @param code stable, for tests and remedies. */
	constructor(
		readonly code: string,
		message: string,
	) {
		super(message);
	}
}
