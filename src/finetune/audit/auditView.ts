/** An audit as its page shows it: figures, groups, and the rows that a filter lets through, a screenful at a time. */

import { keepStart } from '../../inference/clip';
import { showInvisible } from '../../inference/invisible';
import type { Translate } from '../../inference/statusText';
import { mayBeForced } from '../corpus/judgeable';
import { languageOf } from '../corpus/languages';
import { type Audit, type AuditedFile, STAGES, type Verdict } from '../corpus/verdict';
import { formatCount, formatDuration } from '../panel/format';
import { estimateOf } from './estimate';
import {
	type Figure,
	type Filter,
	type Group,
	MOST_GROUPS,
	MOST_ROWS,
	type Move,
	type Row,
	type Summary,
} from './protocol';
import { stageName } from './texts';

interface ViewOptions {
	/** Name, and tokens a second in which it reads prompts; undefined where none is loaded. */
	readonly model: { readonly name: string; readonly speed: number } | undefined;
	/** After which a run ends; 0 = until all data was seen. */
	readonly minutes: number;
	readonly canGoOn: boolean;
	readonly translate: Translate;
}

export class AuditView {
	/** Of the filter that was asked for last. */
	private matched: { readonly filter: string; readonly indexes: readonly number[] } | undefined;

	/** @param version another for each audit and each choice */
	constructor(
		readonly audit: Audit,
		readonly version: number,
		private readonly options: ViewOptions,
	) {}

	summary(): Summary {
		const { translate, canGoOn } = this.options;
		const { files, leftOut } = this.audit;
		return {
			version: this.version,
			canGoOn,
			figures: this.figures(),
			notes: leftOut
				.slice(0, 64)
				.map(({ name, reason }) => short(translate('{0} is left out: {1}', name, reason))),
			stages: groupsOf(files, stageOf, (stage) => this.stageName(stage)).filter(({ key }) => key !== ''),
			languages: groupsOf(files, languageKey, (key) =>
				key === NO_LANGUAGE ? translate('No extension') : key,
			),
			folders: groupsOf(files, folderOf, (folder) => this.folderName(folder)),
		};
	}

	/** @param count at most `MOST_ROWS` are given */
	rows(
		filter: Filter,
		offset: number,
		count: number,
	): { readonly all: number; readonly rows: readonly Row[] } {
		const indexes = this.indexesOf(filter);
		return {
			all: indexes.length,
			rows: indexes.slice(offset, offset + Math.min(count, MOST_ROWS)).flatMap((index) => {
				const file = this.audit.files[index];
				return file === undefined ? [] : [this.row(index, file)];
			}),
		};
	}

	private indexesOf(filter: Filter): readonly number[] {
		const key = JSON.stringify(filter);
		if (this.matched?.filter !== key) {
			const indexes: number[] = [];
			const text = filter.text.toLowerCase();
			for (const [index, file] of this.audit.files.entries()) {
				const isWanted =
					isOn(filter.side, file) &&
					(filter.stage === '' || stageOf(file) === filter.stage) &&
					(filter.language === '' || languageKey(file) === filter.language) &&
					(filter.folder === '' || folderOf(file) === filter.folder) &&
					(text === '' || this.pathOf(file).toLowerCase().includes(text));
				if (isWanted) {
					indexes.push(index);
				}
			}
			this.matched = { filter: key, indexes };
		}
		return this.matched.indexes;
	}

	private row(index: number, file: AuditedFile): Row {
		const { translate } = this.options;
		const { verdict, judged } = file;
		const move = moveOf(file);
		const common = { index, path: showInvisible(this.pathOf(file)), isMine: judged !== undefined, move };
		if (verdict.type === 'out') {
			return {
				...common,
				isIn: false,
				stage: stageName(verdict.stage, translate),
				value: short(verdict.value),
				threshold: short(verdict.threshold),
				reason: short(verdict.figure),
				whyNot: move === '' ? this.whyNot(file, verdict) : '',
			};
		}
		return {
			...common,
			isIn: true,
			stage: translate('In'),
			value: translate('{0} tokens', formatCount(verdict.tokens ?? 0)),
			threshold: translate('drawn {0} ×', (verdict.weight ?? 1).toFixed(2)),
			reason:
				judged?.type === 'out'
					? translate('You took it in; it was out: {0}', short(judged.figure))
					: translate(
							'Nothing speaks against it. It is drawn more or less often than its length to balance languages and folders.',
						),
			whyNot: '',
		};
	}

	private whyNot(file: AuditedFile, verdict: Extract<Verdict, { readonly type: 'out' }>): string {
		const { translate } = this.options;
		if (file.path.endsWith('/')) {
			return translate('A folder that is not read cannot be taken in.');
		}
		return verdict.stage === 'secret'
			? translate('A file with a secret is never learned from.')
			: translate('A file that cannot be read as text cannot be learned from.');
	}

	private figures(): readonly Figure[] {
		const { translate, model, minutes } = this.options;
		const { files, repositories } = this.audit;
		const kept = files.filter(({ verdict }) => verdict.type === 'in').length;
		const { tokens, passes, seconds } = estimateOf(this.audit, model?.speed);
		return [
			{
				label: translate('Files in'),
				value: formatCount(kept),
				detail: translate(
					'of {0} in {1}',
					formatCount(files.length),
					repositories.map(({ name }) => name).join(', '),
				),
			},
			{
				label: translate('Left out'),
				value: formatCount(files.length - kept),
				detail: translate('each with its reason below'),
			},
			{
				label: translate('Tokens'),
				value: `≈ ${formatCount(tokens)}`,
				detail:
					passes === 1
						? translate('gone through once')
						: translate('gone through {0} times, with other holes each time', passes),
			},
			{
				label: translate('Training all of it'),
				value: seconds === undefined ? '–' : `≈ ${formatDuration(seconds, translate)}`,
				detail: [
					model === undefined
						? translate('no model is loaded')
						: translate('with {0}, guessed from how fast it reads', model.name),
					...(minutes > 0
						? [translate('a run ends after {0}, as set', formatDuration(minutes * 60, translate))]
						: []),
				].join('; '),
			},
		];
	}

	private pathOf({ repository, path }: AuditedFile): string {
		const { repositories } = this.audit;
		return repositories.length < 2 ? path : `${repositories[repository]?.name ?? ''}/${path}`;
	}

	private stageName(key: string): string {
		const stage = STAGES.find((one) => one === key);
		return stage === undefined ? '' : stageName(stage, this.options.translate);
	}

	private folderName(key: string): string {
		const slash = key.indexOf('/');
		const name = this.audit.repositories[Number(key.slice(0, slash))]?.name ?? '';
		return slash === key.length - 1 ? `${name}/` : showInvisible(`${name}/${key.slice(slash + 1)}/`);
	}
}

/** What Git or a rule says may be of any length, and the page believes no message with a longer text. */
const LONGEST = 2_000;

function short(text: string): string {
	return text.length <= LONGEST ? text : `${keepStart(text, LONGEST)}…`;
}

/** Key of files without an extension: an empty one would want all. */
const NO_LANGUAGE = '-';

function languageKey({ path }: AuditedFile): string {
	return languageOf(path) || NO_LANGUAGE;
}

/** The stage that a file is out by; empty for one that is in. */
function stageOf({ verdict }: AuditedFile): string {
	return verdict.type === 'out' ? verdict.stage : '';
}

/** The repository's index and the folder at its top; without one, the file lies in the repository's own folder. */
function folderOf({ repository, path }: AuditedFile): string {
	const slash = path.indexOf('/');
	return `${repository}/${slash < 0 ? '' : path.slice(0, slash)}`;
}

function isOn(side: Filter['side'], { verdict, judged }: AuditedFile): boolean {
	return side === 'all' || (side === 'mine' ? judged !== undefined : verdict.type === side);
}

function moveOf({ path, verdict, judged }: AuditedFile): Move {
	if (judged !== undefined) {
		return 'back';
	}
	if (verdict.type === 'in') {
		return 'out';
	}
	return mayBeForced(path, verdict.stage) ? 'in' : '';
}

/** The largest first. */
function groupsOf(
	files: readonly AuditedFile[],
	keyOf: (file: AuditedFile) => string,
	labelOf: (key: string) => string,
): readonly Group[] {
	const counts = new Map<string, { in: number; out: number }>();
	for (const file of files) {
		const key = keyOf(file);
		const known = counts.get(key) ?? { in: 0, out: 0 };
		known[file.verdict.type]++;
		counts.set(key, known);
	}
	return [...counts]
		.sort(([, one], [, other]) => other.in + other.out - one.in - one.out)
		.slice(0, MOST_GROUPS)
		.map(([key, found]) => ({ key, label: labelOf(key), ...found }));
}
