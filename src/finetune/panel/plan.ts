/** What the user has chosen to train, and the settings that follow from it. */

import { CHARACTERS_PER_TOKEN } from '../../inference/fillPieces';
import type { Translate } from '../../inference/statusText';
import { MOST_MINUTES, type Settings } from '../../manifest';
import type { AdapterRole } from '../adapters/choices';
import type { Audit } from '../corpus/verdict';
import { DEFAULT_SETTINGS, suggestedLearningRate, type TrainingSettings } from '../settings';
import { withAdvanced } from './advanced';

/** Tells how far the data are; `share` 0 to 1, undefined where nobody knows. */
export type OnPrepared = (detail: string, share: number | undefined) => void;

/** What the user has chosen. */
export interface Plan {
	/** Shown as the run's and the adapter's name. */
	readonly name: string;
	/** Absolute path of the base model's GGUF. */
	readonly basePath: string;
	/** What the adapter is trained for; one of chat begins anew. Default: completion. */
	readonly role?: AdapterRole | undefined;
	readonly settings: TrainingSettings;
	/**
	 * Writes the dataset into the run's folder.
	 *
	 * @throws Error with a message for the user; an AbortError.
	 */
	prepare(folder: string, onProgress: OnPrepared, signal: AbortSignal): Promise<PreparedData>;
}

export interface PreparedData {
	/** Absolute path of the dataset. */
	readonly path: string;
	/** What the user should know about it, one sentence each. */
	readonly notes: readonly string[];
}

/** Tokens below which the data are seen so often (shared recipe: small sets can be seen more often before they harm). */
const PASSES = [
	{ below: 500_000, passes: 5 },
	{ below: 2_000_000, passes: 3 },
	{ below: 10_000_000, passes: 2 },
] as const;

/** What an audit found. */
export interface CorpusSize {
	readonly files: number;
	/** Files that are tracked but left out. */
	readonly out: number;
	readonly characters: number;
}

export function corpusSize(audit: Audit): CorpusSize {
	const kept = audit.files.flatMap((file) => (file.verdict.type === 'in' ? [file.verdict.characters] : []));
	return {
		files: kept.length,
		out: audit.files.length - kept.length,
		characters: kept.reduce((sum, characters) => sum + characters, 0),
	};
}

/** How often the files are gone through, with other holes each time. */
export function passesFor(characters: number): number {
	const tokens = characters / CHARACTERS_PER_TOKEN;
	return PASSES.find((step) => tokens < step.below)?.passes ?? 1;
}

/**
 * @param minutes 0 = until all data was seen.
 * @param parameters of the base model.
 * @throws Error naming what cannot be in `familiar.finetune.advanced`.
 */
export function trainingSettings(
	settings: Pick<Settings, 'backend' | 'fineTune'>,
	minutes: number,
	parameters: number,
	translate: Translate,
): TrainingSettings {
	const { rank, learningRate, sequenceLength } = settings.fineTune;
	const training = {
		...DEFAULT_SETTINGS,
		rank,
		// As strong at every rank as the default is at its own.
		alpha: (DEFAULT_SETTINGS.alpha / DEFAULT_SETTINGS.rank) * rank,
		learningRate: learningRate === 0 ? suggestedLearningRate(parameters) : learningRate,
		sequenceLength,
		minutes,
		backend: settings.backend,
	};
	return withAdvanced(training, settings.fineTune.advanced, translate);
}

/** Minutes from what was typed; undefined for what is no time that can be set. */
export function parseMinutes(text: string): number | undefined {
	const match = /^\s*(\d+(?:[.,]\d+)?)\s*(m|min|minutes?|h|hours?)?\s*$/i.exec(text);
	const number = Number(match?.[1]?.replace(',', '.') ?? Number.NaN);
	const minutes = number * (match?.[2]?.toLowerCase().startsWith('h') === true ? 60 : 1);
	return minutes > 0 && minutes <= MOST_MINUTES ? minutes : undefined;
}
