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
	/** What the user decided file by file. Default: nothing. */
	readonly forced?: Forced;
}

/** Files that are in or out whatever the stages say, relative to the repository's folder, with `/`. */
export interface Forced {
	readonly in: readonly string[];
	readonly out: readonly string[];
}

interface Excluded {
	/** Globs of the setting. */
	readonly globs: readonly string[];
	/** Absolute paths of all folders that are open: the globs are relative to each. */
	readonly folders: readonly string[];
}

/**
 * Why a file is out. The first stage that says so decides: names and rules, then the text, then what it resembles.
 * `forced`: the user left it out.
 */
export const STAGES = [
	'ignored',
	'secret',
	'vendored',
	'type',
	'size',
	'unreadable',
	'binary',
	'encoding',
	'generated',
	'minified',
	'empty',
	'quality',
	'duplicate',
	'near-duplicate',
	'forced',
] as const;
export type Stage = (typeof STAGES)[number];

/** What was measured, and what it had to be: `104` and `at most 100 characters a line`. */
export interface Measure {
	readonly value: string;
	readonly threshold: string;
}

/** A file that is out. The figure says by which measure, as a sentence has it; it never quotes a secret. */
export interface Out extends Measure {
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
	/** Estimate with a vocabulary of the field, not the model's own. Default: nobody has counted. */
	readonly tokens?: number;
	/**
	 * How often places of it are drawn, compared with how much of the text it is: balances languages and folders.
	 * Default: 1; over all files it is 1 on average, by characters.
	 */
	readonly weight?: number;
	/** The user took it in, whatever the stages said. Default: they let it in. */
	readonly forced?: true;
}

export type Verdict = In | Out;

export interface AuditedFile {
	/** Index into the audit's repositories. */
	readonly repository: number;
	/** Relative to the repository's folder, with `/`. */
	readonly path: string;
	readonly verdict: Verdict;
	/** What the stages said, where the user decided otherwise. */
	readonly judged?: Verdict;
}

/** A folder that is not read, and why, as a sentence. */
export interface LeftOut {
	readonly name: string;
	readonly reason: string;
}

/** Every file of every repository that Git tracks, or that lies in a folder without Git, in the order of the listings. */
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

/** @param measure Default: what the figure says, and no threshold. */
export function out(stage: Stage, figure: string, measure: Partial<Measure> = {}): Out {
	return { type: 'out', stage, figure, value: measure.value ?? figure, threshold: measure.threshold ?? '' };
}
