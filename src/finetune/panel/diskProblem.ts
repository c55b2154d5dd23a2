/** The one message about a disk that does not take the data of a fine-tune. */

import { codeOf } from '../../inference/failure';
import type { Translate } from '../../inference/statusText';

/** Full, forbidden, or broken: what the user can do something about. */
const CODES = ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EIO', 'ENOTDIR', 'EEXIST', 'EMFILE'];

/**
 * @param folder Absolute path of where the data were to be written.
 * @returns an Error for the user; any other error as it is.
 */
export function diskProblem(error: unknown, folder: string, translate: Translate): unknown {
	if (!(error instanceof Error && CODES.includes(codeOf(error) ?? ''))) {
		return error;
	}
	return new Error(
		translate(
			'The data of the fine-tune cannot be written to {0}: {1}. Free some space, or make the folder writable, and start again.',
			folder,
			error.message,
		),
		{ cause: error },
	);
}
