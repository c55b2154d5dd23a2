/** The one message about a disk that does not take the data of a fine-tune. */

/** Full, forbidden, or broken: what the user can do something about. */
const CODES = ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EIO', 'ENOTDIR', 'EEXIST', 'EMFILE'];

/**
 * @param folder Absolute path of where the data were to be written.
 * @returns an Error for the user; any other error as it is.
 */
export function diskProblem(error: unknown, folder: string): unknown {
	if (!(error instanceof Error && 'code' in error && CODES.some((code) => code === error.code))) {
		return error;
	}
	return new Error(
		`The data of the fine-tune cannot be written to ${folder}: ${error.message}. ` +
			'Free some space, or make the folder writable, and start again.',
		{ cause: error },
	);
}
