/**
 * How often the shape that is asked for is what the code has next: by the syntax tree, and by indentation. Holes are
 * punched into this repository's own source and, where a folder is handed on, into the held-out packages in it
 * (`node test/bench/holdout.mjs FOLDER`, then `npm run bench:shapes -- FOLDER`).
 *
 * For each hole a model that knows the file is asked: what it writes is what stood there, and what follows. The rules
 * that end a generation cut it; the cut is exact, early or late.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { readBrackets } from '../../src/completion/brackets';
import { type Cursor, cursorAt, lineAfter, lineBefore } from '../../src/completion/cursor';
import { blockShape, type Shape, shapeAt } from '../../src/completion/shape';
import { earliestStop, stopRules } from '../../src/completion/stops';
import { decide } from '../../src/completion/syntax/decide';
import { windowAt } from '../../src/completion/syntax/window';
import { grammarOf } from '../../src/inference/syntax/languages';
import { Trees } from '../../src/inference/syntax/trees';
import { root } from '../support/root';
import { median, percentile, publish, rounds } from './harness';
import { holeAt, type ShapeHole } from './shapeHoles';

const LANGUAGES: Readonly<Record<string, string>> = {
	'.ts': 'typescript',
	'.js': 'javascript',
	'.py': 'python',
	'.go': 'go',
	'.rs': 'rust',
	'.h': 'c',
	'.hpp': 'cpp',
	'.rb': 'ruby',
	'.php': 'php',
};
const KINDS = ['tail', 'header', 'body', 'statement', 'finished'] as const;
/** Holes of a kind in a language. */
const HOLES = 120;

/** Numbers from 0 to 1, the same in every run. */
function numbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}

function filesBelow(folder: string): readonly string[] {
	return fs
		.readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((name) => path.extname(name) in LANGUAGES && !name.includes('node_modules'))
		.sort()
		.map((name) => path.join(folder, name));
}

function cursorOf({ before, after }: ShapeHole, languageId: string): Cursor {
	const lines = (before + after).split('\n');
	const line = before.split('\n').length - 1;
	return cursorAt(
		{
			uri: 'file:///hole',
			path: 'hole',
			fullPath: '/hole',
			repository: undefined,
			languageId,
			scheme: 'file',
			isWritable: true,
			eol: '\n',
			version: 1,
		},
		{ lineCount: lines.length, lineAt: (number) => lines[number] ?? '' },
		{ line, character: before.length - before.lastIndexOf('\n') - 1 },
	);
}

/** What the gate refuses before any shape is asked for. */
function isRefused(cursor: Cursor): boolean {
	const typed = lineBefore(cursor);
	return (
		typed.trimEnd().endsWith(';') && lineAfter(cursor).trim() === '' && readBrackets(typed).owed.length === 0
	);
}

type Score = 'exact' | 'early' | 'late' | 'missed';

/** `isKind`: the line, the block or nothing, as the hole has it. A statement of one line may be either. */
function judge(
	hole: ShapeHole,
	cursor: Cursor,
	shape: Shape,
): { readonly isKind: boolean; readonly score: Score } {
	const wanted = hole.wanted.trimEnd();
	if (hole.kind === 'finished' || shape.type === 'nothing') {
		const isKind = hole.kind === 'finished' && shape.type === 'nothing';
		return { isKind, score: isKind ? 'exact' : hole.kind === 'finished' ? 'late' : 'missed' };
	}
	const isLine = !wanted.includes('\n');
	const isKind =
		hole.kind === 'tail'
			? shape.type === 'line'
			: shape.type === 'block' || (hole.kind === 'statement' && isLine);
	const { written } = hole;
	const kept = written.slice(0, earliestStop(written, true, stopRules(cursor, shape))?.end).trimEnd();
	return { isKind, score: kept === wanted ? 'exact' : kept.length < wanted.length ? 'early' : 'late' };
}

interface Row {
	readonly language: string;
	readonly kind: ShapeHole['kind'];
	readonly isKind: boolean;
	readonly score: Score;
}

const trees = new Trees(path.join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm'));
const folders = [path.join(root, 'src'), ...process.argv.slice(2)];
const files = folders.flatMap(filesBelow);
const most = HOLES * rounds(1);
const byTree: Row[] = [];
const byIndentation: Row[] = [];
/** Milliseconds of a tree made anew, of one made from the tree before after one more character, by language. */
const fresh = new Map<string, number[]>();
const again = new Map<string, number[]>();
/** `SHAPES_SHOW=tree:tail` prints the holes of that kind which that rule gets wrong. */
const show = process.env['SHAPES_SHOW'];

function tell(
	rule: string,
	hole: ShapeHole,
	shape: Shape,
	{ score, isKind }: ReturnType<typeof judge>,
): void {
	if (show === `${rule}:${hole.kind}` && (score !== 'exact' || !isKind)) {
		const verdict = `${score}, ${isKind ? 'right' : 'wrong'} kind`;
		console.log(`--- ${rule} ${hole.kind} ${verdict} ${JSON.stringify(shape)}`);
		console.log(`${hole.before.slice(-160)}█${hole.wanted}█${hole.after.slice(0, 80)}`);
	}
}

async function measure(hole: ShapeHole, languageId: string): Promise<void> {
	const cursor = cursorOf(hole, languageId);
	const grammar = grammarOf(languageId);
	if (grammar === undefined || isRefused(cursor)) {
		return;
	}
	const window = windowAt(cursor, grammar);
	const started = performance.now();
	// Nothing of it is known: another text was parsed before.
	const tree = await trees.parse(grammar, window.text, 1_000);
	const verdict = tree === undefined ? undefined : decide(tree, window);
	note(fresh, languageId, performance.now() - started);
	const byEye = shapeAt(cursor);
	const shape =
		verdict === undefined ? byEye : verdict.type === 'block' ? blockShape(cursor, verdict) : verdict;
	const typed = performance.now();
	await trees.attempt(
		grammar,
		`${cursor.before.slice(-window.offset)}x${window.text.slice(window.offset)}`,
		1_000,
		() => 0,
	);
	note(again, languageId, performance.now() - typed);
	for (const [rule, rows, found] of [
		['tree', byTree, shape],
		['eye', byIndentation, byEye],
	] as const) {
		const judged = judge(hole, cursor, found);
		rows.push({ language: languageId, kind: hole.kind, ...judged });
		tell(rule, hole, found, judged);
	}
}

function note(times: Map<string, number[]>, languageId: string, milliseconds: number): void {
	times.set(languageId, [...(times.get(languageId) ?? []), milliseconds]);
}

for (const languageId of new Set(Object.values(LANGUAGES))) {
	const sources = files
		.filter((file) => LANGUAGES[path.extname(file)] === languageId)
		.map((file) => fs.readFileSync(file, 'utf8').replaceAll('\r\n', '\n').split('\n'))
		.filter((lines) => lines.length > 20 && lines.every((line) => line.length < 2_000));
	const random = numbers(7);
	for (const kind of KINDS) {
		let found = 0;
		for (let tries = 0; sources.length > 0 && found < most && tries < most * 60; tries++) {
			const lines = sources[Math.floor(random() * sources.length)] ?? [];
			const hole = holeAt(lines, Math.floor(random() * lines.length), kind, languageId, random);
			if (hole !== undefined) {
				found++;
				await measure(hole, languageId);
			}
		}
	}
}

const share = (rows: readonly Row[], test: (row: Row) => boolean): number | undefined =>
	rows.length === 0 ? undefined : (100 * rows.filter(test).length) / rows.length;
const percent = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(1)).padStart(6);

console.log('kind right % (tree, indentation) · end exact % · early % · late %');
for (const key of [...KINDS, ...new Set(byTree.map(({ language }) => language))]) {
	const of = (rows: readonly Row[]) => rows.filter(({ kind, language }) => kind === key || language === key);
	const cells = [
		(rows: readonly Row[]) => share(of(rows), ({ isKind }) => isKind),
		...(['exact', 'early', 'late', 'missed'] as const).map(
			(score) => (rows: readonly Row[]) => share(of(rows), (row) => row.score === score),
		),
	].map((cell) => `${percent(cell(byTree))} ${percent(cell(byIndentation))}`);
	console.log(`${key.padEnd(12)} n ${String(of(byTree).length).padStart(4)}  ${cells.join('  ·')}`);
}
console.log('milliseconds of a tree: anew (median, p95) · after one more character (median, p95)');
for (const [languageId, times] of fresh) {
	const figures = [times, again.get(languageId) ?? []].flatMap((list) => [
		median(list),
		percentile(list, 0.95),
	]);
	console.log(
		`${languageId.padEnd(12)} ${figures.map((value) => (value ?? 0).toFixed(1).padStart(7)).join(' ')}`,
	);
}
const figure = (label: string, key: string, rows: readonly Row[], test: (row: Row) => boolean) => ({
	label,
	key,
	value: share(rows, test),
	unit: '%',
	samples: rows.length,
});
publish({
	name: 'shapes',
	notes: [],
	figures: [
		figure('right kind, syntax', 'kind_syntax', byTree, ({ isKind }) => isKind),
		figure('right kind, indentation', 'kind_indentation', byIndentation, ({ isKind }) => isKind),
		figure('exact end, syntax', 'exact_syntax', byTree, ({ score }) => score === 'exact'),
		figure('exact end, indentation', 'exact_indentation', byIndentation, ({ score }) => score === 'exact'),
	],
});
