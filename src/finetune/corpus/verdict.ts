/** What becomes of a file: in, or out with the stage that decided and its figure. */

/** A repository whose files may be learned from. */
export interface Repository {
	/** As shown, and as it stands in prompts. */
	readonly name: string;
	/** Absolute path of the opened folder: the repository's root, or a folder below it. */
	readonly folder: string;
	/** The `git` program. */
	readonly gitPath: string;
	/** What the user excludes everywhere. Default: nothing. */
	readonly excluded?: Excluded;
}

interface Excluded {
	/** Globs of the setting. */
	readonly globs: readonly string[];
	/** Absolute paths of all folders that are open: the globs are relative to each. */
	readonly folders: readonly string[];
}

/** Why a file is out. The first stage that says so decides: names and rules, then the text, then what it resembles. */
export type Stage =
	| 'ignored'
	| 'secret'
	| 'vendored'
	| 'type'
	| 'size'
	| 'unreadable'
	| 'binary'
	| 'encoding'
	| 'generated'
	| 'minified'
	| 'empty'
	| 'duplicate'
	| 'near-duplicate';

/** A file that is out. The figure says by which measure; it never quotes a secret. */
export interface Out {
	readonly type: 'out';
	readonly stage: Stage;
	readonly figure: string;
}

interface In {
	readonly type: 'in';
	/** UTF-16 units of the text, line ends as `\n`. */
	readonly characters: number;
	/** sha256 of the bytes that were judged, in hexadecimal: what is read later must be the same. */
	readonly hash: string;
}

type Verdict = In | Out;

export interface AuditedFile {
	/** Index into the audit's repositories. */
	readonly repository: number;
	/** Relative to the repository's folder, with `/`. */
	readonly path: string;
	readonly verdict: Verdict;
}

/** A folder that is not read, and why, as a sentence. */
export interface LeftOut {
	readonly name: string;
	readonly reason: string;
}

/** Every tracked file of every repository, in the order of Git's listings. */
export interface Audit {
	/** Those that could be read. */
	readonly repositories: readonly Repository[];
	readonly leftOut: readonly LeftOut[];
	readonly files: readonly AuditedFile[];
}

/** How far an audit is: files judged of those listed so far. */
export interface AuditProgress {
	/** Name of the repository that is read. */
	readonly repository: string;
	readonly done: number;
	readonly all: number;
}

export function out(stage: Stage, figure: string): Out {
	return { type: 'out', stage, figure };
}
