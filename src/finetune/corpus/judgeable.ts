/** Which verdicts the user can overrule. */

import type { Stage } from './verdict';

/** Stages that nobody can overrule: what they stop must not be learned, or cannot be read. */
const FINAL: ReadonlySet<Stage> = new Set(['secret', 'unreadable', 'binary', 'encoding']);

/** Whether a file that is out may be taken in: it may still turn out to hold a secret. */
export function mayBeForced(file: string, stage: Stage): boolean {
	return !FINAL.has(stage) && !file.endsWith('/');
}
