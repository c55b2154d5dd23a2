/** The error of a request whose host has gone. */

/** The connection ended before the answer came: the host crashed, was killed or ended, or broke the protocol. */
export class HostGone extends Error {
	override readonly name = 'HostGone';
	/** `instanceof` does not cross a bundle, the name does. */
	static is(error: unknown): error is HostGone {
		return error instanceof Error && error.name === 'HostGone';
	}
}
