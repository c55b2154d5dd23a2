/** The plain facts of a record as tables of two columns: data, training, settings, versions, cost. */

import { formatBytes, type Translate } from '../../inference/statusText';
import { formatCount, formatDuration, formatStrength } from '../panel/format';
import type { Row } from '../panel/protocol';
import { settingRows } from '../panel/rows';
import { type CommitsSince, MOST_COMMITS } from './commitsSince';
import type { AdapterRecord } from './record';

/** Languages, and repositories with their heads, that are named. */
const MOST_NAMED = 8;
/** Digits of a commit's hash. */
const SHORT_HASH = 8;

/** @param commits What was found since; empty where nobody looked. */
export function dataRows(
	{ data }: AdapterRecord,
	commits: readonly CommitsSince[],
	dateOf: (at: number) => string,
	translate: Translate,
): readonly Row[] {
	if (data === undefined) {
		return [];
	}
	const languages = data.languages
		.slice(0, MOST_NAMED)
		.map(({ ending, files }) => `${ending === '' ? translate('no ending') : ending} ${formatCount(files)}`);
	return [
		{ label: translate('Repositories'), value: named(data.repositories, translate) },
		{ label: translate('Files, without those of the test'), value: formatCount(data.files) },
		{ label: translate('Kinds of files'), value: named(languages, translate) },
		{
			label: translate('Learned from'),
			value: translate(
				'{0} tokens in {1} samples',
				formatCount(data.trainTokens),
				formatCount(data.trainSamples),
			),
		},
		{
			label: translate('Held out for the curve'),
			value: translate(
				'{0} tokens in {1} samples',
				formatCount(data.heldOutTokens),
				formatCount(data.heldOutSamples),
			),
		},
		...data.heads.slice(0, MOST_NAMED).map(({ repository, commit, at }) => ({
			label: translate('{0} stood at', repository),
			value: `${commit.slice(0, SHORT_HASH)}, ${dateOf(at)}${sinceText(repository, commits, translate)}`,
		})),
		...(data.notes ?? []).map((value) => ({ label: translate('Note'), value })),
	];
}

function sinceText(repository: string, commits: readonly CommitsSince[], translate: Translate): string {
	const found = commits.find((one) => one.repository === repository);
	if (found === undefined) {
		return '';
	}
	return found.commits >= MOST_COMMITS
		? translate('; {0} commits or more since', formatCount(MOST_COMMITS))
		: translate('; {0} commits since', formatCount(found.commits));
}

export function settingsRows({ settings, base }: AdapterRecord, translate: Translate): readonly Row[] {
	return settings === undefined
		? base.name === ''
			? []
			: [{ label: translate('Base model'), value: base.name }]
		: settingRows(base.name, settings, translate);
}

export function versionRows(
	{ versions, base, adapter }: AdapterRecord,
	translate: Translate,
): readonly Row[] {
	const row = (label: string, value: string | number | undefined): Row[] =>
		value === undefined ? [] : [{ label, value: String(value) }];
	return [
		...row(translate('Trained with'), versions.trainer),
		...row(translate('Judged with'), versions.engine),
		...row(translate('Prompt format'), versions.promptFormat),
		...row(translate('Weights of the base'), base.fingerprint?.slice(0, 2 * SHORT_HASH)),
		...row(translate('File'), adapter),
	];
}

export function costRows(record: AdapterRecord, translate: Translate): readonly Row[] {
	const { cost, judgement, continued } = record;
	return [
		...(continued === undefined ? [] : [{ label: translate('Went on from'), value: continued.name }]),
		...(cost === undefined
			? []
			: [
					{ label: translate('Training'), value: formatDuration(cost.seconds, translate) },
					{ label: translate('Steps'), value: formatCount(cost.steps) },
					{ label: translate('Tokens'), value: formatCount(cost.tokens) },
					...(cost.skipped === undefined || cost.skipped === 0
						? []
						: [{ label: translate('Steps skipped'), value: formatCount(cost.skipped) }]),
					...(cost.peakBytes === undefined
						? []
						: [{ label: translate('Peak memory'), value: formatBytes(cost.peakBytes) }]),
				]),
		...(judgement === undefined
			? []
			: [
					{
						label: translate('Judging'),
						value: formatDuration(judgement.milliseconds / 1_000, translate),
					},
					{ label: translate('Strength'), value: formatStrength(judgement.strength) },
				]),
	];
}

/** A workspace may have dozens: the first say enough. */
function named(names: readonly string[], translate: Translate): string {
	const more = names.length - MOST_NAMED;
	return more > 1
		? translate('{0} and {1} more', names.slice(0, MOST_NAMED).join(', '), more)
		: names.join(', ');
}
