/** Figures of base against adapter, and every completion that changed as text to read. */
import type { Finished } from '../../src/finetune/job/messages';
import type { HeldOutHole } from './adaptHoles';
import type { Figure } from './harness';
import { type Completion, compared, editSimilarity, judge } from './holes';
import { type PairedDifference, pairedDifference } from './holesInterval';

/** One hole, filled twice. */
export interface Answered {
	readonly hole: HeldOutHole;
	readonly base: Completion;
	readonly adapter: Completion;
}

/** What a mark is called, and its value for one completion. */
interface Mark {
	readonly key: string;
	readonly label: string;
	score(hole: HeldOutHole, completion: Completion): number;
}

const marksOf = (hole: HeldOutHole, completion: Completion) => judge(expectedIn(hole), completion);

const MARKS: readonly Mark[] = [
	{
		key: 'exact',
		label: 'exact match, whole middle',
		score: (hole, completion) => Number(marksOf(hole, completion).isExact),
	},
	{
		key: 'first_line',
		label: 'exact match, first line',
		score: (hole, completion) => Number(marksOf(hole, completion).isFirstLineExact),
	},
	{
		key: 'similarity',
		label: 'edit similarity',
		score: (hole, completion) => marksOf(hole, completion).similarity,
	},
	{
		key: 'ended',
		label: 'ends by itself',
		score: (_hole, completion) => Number(completion.reason === 'end-of-text'),
	},
	{
		key: 'premature',
		label: 'ends within the first half',
		score: (hole, completion) => Number(marksOf(hole, completion).isPremature),
	},
	{
		key: 'overrun',
		label: 'writes more than twice as much',
		score: (hole, completion) => Number(marksOf(hole, completion).isOverrun),
	},
];

/** Held-out loss, as the trainer measured it, in nats per token. */
export function lossFigures({ before, after }: Pick<Finished, 'before' | 'after'>): readonly Figure[] {
	const pairs = Object.entries(before.byFile).map(([file, [sum, weight]]) => ({
		cluster: Number(file),
		before: sum,
		after: after.byFile[file]?.[0] ?? Number.NaN,
		weight,
	}));
	const paired = pairedDifference(pairs);
	const common = { unit: '', samples: before.tokens };
	return [
		...pairFigures('loss', 'held-out loss', paired, common),
		{
			...common,
			label: 'held-out loss: ratio',
			key: 'loss_ratio',
			value: after.loss / before.loss,
			aim: { type: 'at-most', value: 1 },
		},
	];
}

export function answerFigures(answers: readonly Answered[]): readonly Figure[] {
	return MARKS.flatMap(({ key, label, score }) => {
		const paired = pairedDifference(
			answers.map(({ hole, base, adapter }) => ({
				cluster: hole.file,
				before: score(hole, base),
				after: score(hole, adapter),
				weight: 1,
			})),
		);
		return pairFigures(key, label, paired, { unit: '', samples: answers.length });
	});
}

function pairFigures(
	key: string,
	label: string,
	paired: PairedDifference,
	common: Pick<Figure, 'unit' | 'samples'>,
): readonly Figure[] {
	const figure = (words: string, name: string, value: number): Figure => ({
		...common,
		label: `${label}: ${words}`,
		key: `${key}_${name}`,
		value,
	});
	return [
		figure('base', 'before', paired.before),
		figure('adapter', 'after', paired.after),
		figure('difference', 'difference', paired.difference),
		figure('difference, 95 % from', 'difference_low', paired.low),
		figure('difference, 95 % to', 'difference_high', paired.high),
	];
}

/** Whether the adapter came nearer to the code that stood there. */
type Turn = 'better' | 'worse' | 'other';

export function changed(answers: readonly Answered[]): readonly (Answered & { readonly turn: Turn })[] {
	return answers
		.filter(({ base, adapter }) => base.text !== adapter.text)
		.map((answer) => {
			const gain = similarityOf(answer, 'adapter') - similarityOf(answer, 'base');
			return { ...answer, turn: gain > 0 ? 'better' : gain < 0 ? 'worse' : 'other' };
		});
}

const TITLES: Readonly<Record<Turn, string>> = {
	better: 'Nearer to the code with the adapter',
	worse: 'Farther from the code with the adapter',
	other: 'Changed, and as near as before',
};

/** Every completion that changed, those that got worse included, as Markdown. @param notes one line each */
export function changesReport(answers: readonly Answered[], notes: readonly string[]): string {
	const all = changed(answers);
	const turns = ['better', 'worse', 'other'] as const;
	const counts = turns.map((turn) => `${all.filter((one) => one.turn === turn).length} ${turn}`).join(', ');
	const sections = turns.map((turn) => {
		const own = all
			.filter((one) => one.turn === turn)
			.sort((one, other) => Math.abs(gainOf(other)) - Math.abs(gainOf(one)));
		return [`## ${TITLES[turn]} (${own.length})`, ...own.map(changeText)].join('\n\n');
	});
	return [
		'# Completions that the adapter changed',
		notes.map((note) => `- ${note}`).join('\n'),
		`${all.length} of ${answers.length} completions changed: ${counts}, by edit similarity to what stood there. The rest are the same to the letter.`,
		...sections,
		'',
	].join('\n\n');
}

function changeText(answer: Answered): string {
	const { hole, base, adapter } = answer;
	const line = (hole.firstLine ?? 0) + hole.text.slice(0, hole.hole.start).split('\n').length;
	const similarities = (['base', 'adapter'] as const).map((side) => similarityOf(answer, side).toFixed(2));
	return [
		`### ${hole.source.path}:${line}, ${hole.hole.kind}, similarity ${similarities.join(' → ')}`,
		`Before the cursor:${fenced(linesBefore(hole))}`,
		`Expected:${fenced(expectedIn(hole).middle)}`,
		`Base (${base.reason}):${fenced(base.text)}`,
		`Adapter (${adapter.reason}):${fenced(adapter.text)}`,
	].join('\n\n');
}

/** The line of the cursor, up to it, and two more. */
function linesBefore({ text, hole }: HeldOutHole): string {
	return text.slice(0, hole.start).split('\n').slice(-3).join('\n');
}

/** As a block of code that nothing in it can end. */
function fenced(text: string): string {
	const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
	const fence = '`'.repeat(longest + 1);
	return `\n\n${fence}text\n${text}\n${fence}`;
}

function gainOf(answer: Answered): number {
	return similarityOf(answer, 'adapter') - similarityOf(answer, 'base');
}

function similarityOf({ hole, ...answer }: Answered, side: 'base' | 'adapter'): number {
	const expected = expectedIn(hole);
	return editSimilarity(compared(expected, answer[side]), expected.middle.trimEnd());
}

function expectedIn({ text, hole }: HeldOutHole) {
	return { middle: text.slice(hole.start, hole.end), ends: hole.ends };
}
