/** What a failure says of itself: anything can be thrown. */

export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** The system's name of a failure, as `ENOENT`; undefined where it has none. */
export function codeOf(error: unknown): string | undefined {
	return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
