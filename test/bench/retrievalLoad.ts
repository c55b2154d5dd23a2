/** An index of thousands of files, made by the built worker as the editor makes it: time, memory, and what the window feels of it. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { HeldOutFile } from '../../models/recipe/evaluate/heldOut';
import { Retrieval } from '../../src/chat/retrieval/retrieval';
import { sleep } from '../../src/inference/cancel';
import { root } from '../support/root';
import { benchLog } from './models';

export interface Load {
	readonly files: number;
	readonly chunks: number;
	readonly bytes: number;
	/** Seconds of the first build, and of the next window's with nothing changed. */
	readonly build: number;
	readonly again: number;
	/** Megabytes: what the process grew by at most, and the index on disk. */
	readonly memory: number;
	readonly disk: number;
	/** Milliseconds for which the thread that has the editor's loop was held up, 99th percentile: while it was built, and before. */
	readonly block: number;
	readonly blockBefore: number;
	/** Milliseconds of each search. */
	readonly searches: readonly number[];
}

const never = new AbortController().signal;
/** Milliseconds for which the loop is watched with nothing to do. */
const IDLE = 5_000;

/** @param questions searched for when the index is there */
export async function indexThousands(
	files: readonly HeldOutFile[],
	count: number,
	questions: readonly string[],
): Promise<Load> {
	const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-retrieval-')));
	try {
		const work = path.join(folder, 'work');
		const bytes = writeCopies(files, count, work);
		const options = {
			script: path.join(root, 'dist/retrievalWorker.js'),
			file: path.join(folder, 'kept', 'work.index'),
			scope: () => ({ folders: [{ name: 'work', folder: work }], globs: [], gitPath: 'git' }),
			excluded: () => undefined,
			translate: (text: string) => text,
			log: benchLog,
		};
		const before = process.memoryUsage.rss();
		let most = before;
		const watch = setInterval(() => {
			most = Math.max(most, process.memoryUsage.rss());
		}, 50);
		const delay = monitorEventLoopDelay({ resolution: 1 });
		delay.enable();
		await sleep(IDLE, never);
		const blockBefore = delay.percentile(99) / 1e6;
		delay.reset();
		const first = new Retrieval(options);
		const { seconds: build, figures } = await ready(first);
		const block = delay.percentile(99) / 1e6;
		delay.disable();
		const searches: number[] = [];
		for (const question of questions) {
			const start = performance.now();
			await first.search(question, 10, never);
			searches.push(performance.now() - start);
		}
		clearInterval(watch);
		await first.dispose();
		const second = new Retrieval(options);
		const { seconds: again } = await ready(second);
		await second.dispose();
		return {
			...figures,
			bytes,
			build,
			again,
			memory: (most - before) / 2 ** 20,
			disk: fs.statSync(options.file).size / 2 ** 20,
			block,
			blockBefore,
			searches,
		};
	} finally {
		fs.rmSync(folder, { recursive: true, force: true });
	}
}

/** A repository of held-out files, copied under new names until there are as many as wanted. Returns its bytes. */
function writeCopies(files: readonly HeldOutFile[], count: number, folder: string): number {
	let bytes = 0;
	for (let index = 0; index < count; index++) {
		const file = files[index % files.length];
		const copy = Math.floor(index / files.length);
		const to = path.join(folder, `copy${copy}`, file?.package ?? '', file?.path ?? '');
		fs.mkdirSync(path.dirname(to), { recursive: true });
		fs.writeFileSync(to, file?.text ?? '');
		bytes += file?.text.length ?? 0;
	}
	execFileSync('git', ['init', '-q'], { cwd: folder });
	return bytes;
}

async function ready(retrieval: Retrieval): Promise<{
	readonly seconds: number;
	readonly figures: { readonly files: number; readonly chunks: number };
}> {
	const start = performance.now();
	return new Promise((resolve) => {
		const listener = retrieval.onDidChangeState((state) => {
			if (state.type === 'ready') {
				listener.dispose();
				resolve({ seconds: (performance.now() - start) / 1_000, figures: state.figures });
			}
		});
		retrieval.prepare();
	});
}
