/** A dataset that cannot be made or read: the message names what, why, and what helps. */
export class DatasetError extends Error {
	override readonly name = 'DatasetError';
}
