/** A hole as an editor would have it: the cursor, the rest of the package, and what somebody had open and looked at. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { LANGUAGES } from '../../models/recipe/document';
import { EVERYTHING, type HeldOutFile, heldOutFiles, SHARES } from '../../models/recipe/evaluate/heldOut';
import { recipeFolders } from '../../models/recipe/folder';
import { offlineFullPath, offlineUri } from '../../src/completion/context/repositoryContext';
import { type Cursor, cursorAt } from '../../src/completion/cursor';
import { type Random, randomFrom, seedFor } from '../../src/finetune/training/random';
import { root } from '../support/root';
import type { OfflinePlace } from './contextOffline';
import type { RingChunk } from './llamaVscode';
import { type QualityHole, qualityHoles } from './qualityHoles';

export interface QualityPlace extends Pick<OfflinePlace, 'files' | 'opened' | 'viewed'> {
	readonly hole: QualityHole;
	readonly cursor: Cursor;
}

/** Files that are open besides the one with the hole. */
const OPENED = 5;
/** Lines between the hole and another place in its file that was looked at. */
const FAR = 40;
/** Of the choice of places that were looked at. */
const SEED = 1;
/** The ring of llama.vscode: chunks, lines of a chunk, and how alike two of them may be. */
const CHUNKS = 16;
const CHUNK_LINES = 64;
const MOST_ALIKE = 0.9;

/** `count` holes in held-out packages of the languages that the starter learns, each as an editor would have it. */
export async function qualityPlaces(count: number, signal: AbortSignal): Promise<readonly QualityPlace[]> {
	const folder = recipeFolders().evaluation;
	fs.mkdirSync(folder, { recursive: true });
	const isLearned = ({ language }: HeldOutFile) => LANGUAGES.some((own) => own === language);
	const whole = (await heldOutFiles(folder, root, EVERYTHING, signal)).filter(isLearned);
	const measured = (await heldOutFiles(folder, root, SHARES, signal)).filter(isLearned);
	return qualityHoles(measured, count).map((hole) =>
		placeAt(
			hole,
			whole.filter((file) => file.package === hole.file.package),
		),
	);
}

/** @param files of the hole's package. */
export function placeAt(hole: QualityHole, files: readonly HeldOutFile[]): QualityPlace {
	const { file, start, end } = hole;
	const [before, after] = [file.text.slice(0, start), file.text.slice(end)];
	const all = files.map((other) =>
		other.path === file.path
			? { path: file.path, text: before + after }
			: { path: other.path, text: other.text },
	);
	const opened = openedWith(before + after, file.path, files);
	const random = randomFrom(seedFor(SEED, `${file.package}/${file.path}:${start}`));
	const line = before.split('\n').length - 1;
	const lines = (before + after).split('\n');
	const own = Array.from(lines.keys()).filter((other) => Math.abs(other - line) >= FAR);
	return {
		hole,
		files: all.filter((other) => other.path === file.path || isNear(other.path, file.path, opened)),
		opened,
		viewed: [
			...opened.toReversed().flatMap((name) => viewOf(files, name, random)),
			...(own.length === 0
				? []
				: [{ path: file.path, line: own[Math.floor(random.next() * own.length)] ?? 0 }]),
		],
		cursor: cursorAt(
			{
				uri: offlineUri(file.path),
				path: file.path,
				fullPath: offlineFullPath(file.path),
				repository: file.package,
				languageId: file.language,
				scheme: 'file',
				isWritable: true,
				eol: '\n',
				version: 1,
			},
			{ lineCount: lines.length, lineAt: (index) => lines[index] ?? '' },
			{ line, character: before.length - (before.lastIndexOf('\n') + 1) },
		),
	};
}

/** The same places as llama.vscode has them in its ring, the oldest first. */
export function ringOf({ files, viewed }: QualityPlace): readonly RingChunk[] {
	const chunks: { readonly filename: string; readonly lines: readonly string[] }[] = [];
	for (const { path: filename, line } of viewed) {
		const lines = files.find((file) => file.path === filename)?.text.split('\n') ?? [];
		const chunk = lines.slice(Math.max(0, line - CHUNK_LINES / 2), line + CHUNK_LINES / 2);
		const like = chunks.findIndex((other) => likeness(other.lines, chunk) > MOST_ALIKE);
		if (like >= 0) {
			chunks.splice(like, 1);
		}
		chunks.push({ filename, lines: chunk });
	}
	return chunks.slice(-CHUNKS).map(({ filename, lines }) => ({ filename, text: `${lines.join('\n')}\n` }));
}

/** Of two sets of lines (Jaccard). */
function likeness(one: readonly string[], other: readonly string[]): number {
	const [first, second] = [new Set(one), new Set(other)];
	const common = [...first].filter((line) => second.has(line)).length;
	return common / Math.max(1, first.size + second.size - common);
}

/** Whoever writes here has open what the file imports, then the files beside it. */
function openedWith(text: string, file: string, files: readonly HeldOutFile[]): readonly string[] {
	const names = new Set(files.map((other) => other.path));
	const folder = path.posix.dirname(file);
	const imported = [...text.matchAll(/(?:from|import|require\()\s*['"](\.[^'"]+)['"]/g)].flatMap(
		([, target = '']) => {
			const base = path.posix.join(folder, target).replace(/\.js$/, '');
			const found = [target, '.ts', '.js', '/index.ts', '/index.js']
				.map((ending) => (ending === target ? path.posix.join(folder, target) : base + ending))
				.find((name) => names.has(name));
			return found ?? [];
		},
	);
	const beside = files.map((other) => other.path).filter((name) => path.posix.dirname(name) === folder);
	return [...new Set([...imported, ...beside])].filter((name) => name !== file).slice(0, OPENED);
}

function isNear(name: string, file: string, opened: readonly string[]): boolean {
	return opened.includes(name) || path.posix.dirname(name) === path.posix.dirname(file);
}

function viewOf(files: readonly HeldOutFile[], name: string, random: Random): OfflinePlace['viewed'] {
	const lines = files.find((file) => file.path === name)?.text.split('\n').length ?? 0;
	return lines === 0 ? [] : [{ path: name, line: Math.floor(random.next() * lines) }];
}
