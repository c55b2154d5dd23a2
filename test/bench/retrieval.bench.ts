/**
 * How well the chat finds what answers a question: recall@5 and MRR over questions made from held-out repositories, against
 * cuts by indentation alone, and word overlap and grep over the same chunks; how many functions the cuts leave whole; and
 * what an index of 10,000 files takes.
 *
 *     npm run bench:retrieval
 */
import * as fs from 'node:fs';
import { EVERYTHING, heldOutFiles } from '../../models/recipe/evaluate/heldOut';
import { recipeFolders } from '../../models/recipe/folder';
import { root } from '../support/root';
import { type Figure, machine, median, percentile, publish, rounds } from './harness';
import { pairedDifference } from './holesInterval';
import { cutsOf } from './retrievalCuts';
import { FINDERS, type FinderName, findersFor, rankOf } from './retrievalFinders';
import { indexThousands, type Load } from './retrievalLoad';
import { KINDS, type QuestionKind, questionSet } from './retrievalQuestions';

/** Results among which the answer has to be. */
const RECALL = 5;
/** Files of the large repository. */
const FILES = rounds(2) === 1 ? 2_000 : 10_000;
const SEARCHES = 40;

const LABELS: Readonly<Record<QuestionKind, string>> = {
	docs: 'comment → function',
	tests: 'test → what it tests',
	files: 'what a file is for → file',
};

/** Where the answer to one question stood; undefined: nowhere. */
interface Answer {
	readonly kind: QuestionKind;
	/** The file that answers, with its package. */
	readonly file: string;
	readonly finder: FinderName;
	readonly rank: number | undefined;
}

function qualityFigures(answers: readonly Answer[]): readonly Figure[] {
	return KINDS.flatMap((kind) =>
		FINDERS.flatMap((finder): readonly Figure[] => {
			const ranks = answers
				.filter((one) => one.kind === kind && one.finder === finder)
				.map(({ rank }) => rank);
			const mean = (scoreOf: (rank: number | undefined) => number) =>
				ranks.length === 0
					? undefined
					: ranks.reduce<number>((sum, rank) => sum + scoreOf(rank), 0) / ranks.length;
			const key = `${kind}_${finder}`;
			return [
				{
					label: `${LABELS[kind]}, ${finder}: recall@${RECALL}`,
					key: `${key}_recall`,
					unit: '',
					value: mean((rank) => (rank !== undefined && rank <= RECALL ? 1 : 0)),
					samples: ranks.length,
				},
				{
					label: `${LABELS[kind]}, ${finder}: MRR`,
					key: `${key}_mrr`,
					unit: '',
					value: mean((rank) => (rank === undefined ? 0 : 1 / rank)),
				},
			];
		}),
	);
}

/** What cuts by syntax bring to the ranking of one kind, with the 95 % interval: questions about one file resemble each other. */
function gainFigures(answers: readonly Answer[]): readonly Figure[] {
	const scores = [
		{ name: `recall@${RECALL}`, key: 'recall', of: (rank = Infinity) => (rank <= RECALL ? 1 : 0) },
		{ name: 'MRR', key: 'mrr', of: (rank = Infinity) => 1 / rank },
	];
	return KINDS.flatMap((kind) => {
		const own = answers.filter((one) => one.kind === kind);
		const before = own.filter(({ finder }) => finder === 'indentation');
		const after = own.filter(({ finder }) => finder === 'bm25');
		const files = [...new Set(after.map(({ file }) => file))];
		return scores.flatMap(({ name, key, of }): readonly Figure[] => {
			const { difference, low, high } = pairedDifference(
				after.map(({ file, rank }, index) => ({
					cluster: files.indexOf(file),
					before: of(before[index]?.rank),
					after: of(rank),
					weight: 1,
				})),
			);
			const figure = (label: string, end: string, value: number): Figure => ({
				label: `${LABELS[kind]}, ${name}: ${label}`,
				key: `${kind}_gain_${key}${end}`,
				unit: '',
				value,
			});
			return [
				figure('more than by indentation', '', difference),
				figure('at least', '_low', low),
				figure('at most', '_high', high),
			];
		});
	});
}

function loadFigures(load: Load): readonly Figure[] {
	const figure = (label: string, key: string, unit: string, value: number | undefined): Figure => ({
		label,
		key,
		unit,
		value,
	});
	return [
		figure('files indexed', 'files', '', load.files),
		figure('their chunks', 'chunks', '', load.chunks),
		figure('first build, half of the time at rest', 'build', 's', load.build),
		figure('next window, nothing changed', 'again', 's', load.again),
		figure('memory beyond before', 'memory', 'MB', load.memory),
		figure('index on disk', 'disk', 'MB', load.disk),
		{
			...figure("block of the editor's loop meanwhile, p99", 'block', 'ms', load.block),
			aim: { type: 'at-most', value: 16 },
		},
		figure('with nothing to do', 'block_before', 'ms', load.blockBefore),
		figure('search, median', 'search', 'ms', median(load.searches)),
		figure('search, p95', 'search_p95', 'ms', percentile(load.searches, 0.95)),
	];
}

const folder = recipeFolders().evaluation;
fs.mkdirSync(folder, { recursive: true });
const files = await heldOutFiles(folder, root, EVERYTHING, new AbortController().signal);
const answers: Answer[] = [];
const asked: string[] = [];
for (const name of new Set(files.map((file) => file.package))) {
	const own = files.filter((file) => file.package === name);
	for (const kind of KINDS) {
		const set = questionSet(kind, name, own);
		if (set.questions.length === 0) {
			continue;
		}
		asked.push(...set.questions.map(({ text }) => text));
		const finders = await findersFor(set);
		for (const finder of FINDERS) {
			answers.push(
				...set.questions.map((question) => ({
					kind,
					file: `${name}/${question.path}`,
					finder,
					rank: rankOf(question, finders[finder](question.text)),
				})),
			);
		}
	}
}
const cuts = await cutsOf(files);
const every = Math.max(1, Math.floor(asked.length / SEARCHES));
const load = await indexThousands(
	files,
	FILES,
	asked.filter((_, index) => index % every === 0),
);
publish({
	name: 'retrieval',
	notes: [
		machine(),
		`${files.length} files of ${new Set(files.map((file) => file.package)).size} held-out packages; no embeddings: no such model can be had here`,
		`${FILES} files, ${Math.round(load.bytes / 2 ** 20)} MB, are copies of them under new names`,
	],
	figures: [
		...qualityFigures(answers),
		...gainFigures(answers),
		{
			label: 'functions left whole by the cuts',
			key: 'whole',
			unit: '',
			value: cuts.whole,
			samples: cuts.functions,
		},
		{ label: 'by indentation', key: 'whole_by_indentation', unit: '', value: cuts.wholeByIndentation },
		{ label: 'by lines counted off', key: 'whole_by_count', unit: '', value: cuts.wholeByCount },
		{ label: 'cutting all files', key: 'cutting', unit: 'ms', value: cuts.cutting },
		{
			label: 'by indentation',
			key: 'cutting_by_indentation',
			unit: 'ms',
			value: cuts.cuttingByIndentation,
		},
		...loadFigures(load),
	],
});
