/**
 * How long the audit of a corpus takes, and what memory: 10,000 files of real code, or as many as are asked for, on first
 * sight and with the cache that this leaves, each as the editor does it; how soon it ends when it is cancelled; and what its
 * page makes the editor do.
 *
 *     npm run bench:audit
 *     npm run bench:audit -- 100000
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { AuditView } from '../../src/finetune/audit/auditView';
import type { Filter } from '../../src/finetune/audit/protocol';
import { AuditWorker } from '../../src/finetune/corpus/auditWorker';
import { leftOut, withFile } from '../../src/finetune/corpus/force';
import type { Audit } from '../../src/finetune/corpus/verdict';
import { english } from '../../src/finetune/job/english';
import { root } from '../support/root';
import { type BenchRepository, writeRepository } from './auditRepository';
import { machine, median, publish, rounds } from './harness';

const FILES = Number(process.argv[2] ?? 10_000);
/** Seconds for the first audit. */
const AIM = 60;
/** Megabytes that the process may grow by. */
const MOST_MEMORY = 768;
const ROUNDS = rounds(3);
const SAMPLE_EVERY = 20;

interface Run {
	readonly seconds: number;
	/** Megabytes by which the process grew at most. */
	readonly memory: number;
	readonly audit: Audit;
}

const never = new AbortController().signal;
const load = () => os.loadavg()[0] ?? 0;

const worker = new AuditWorker(path.join(root, 'dist/corpusWorker.js'), console.error);
const orderFor = (work: string, cacheFile: string) => ({
	repositories: [{ name: 'work', folder: work, gitPath: 'git' }],
	basePath: undefined,
	cacheFile,
});

/** Milliseconds until a cancelled audit is over, its thread gone. */
async function cancelled(work: string, cacheFile: string): Promise<number> {
	const cancel = new AbortController();
	let start = 0;
	const onProgress = () => {
		start = performance.now();
		cancel.abort();
	};
	await worker.audit(orderFor(work, cacheFile), onProgress, cancel.signal).catch(() => undefined);
	return performance.now() - start;
}

/** What the page makes the editor's own thread do, in milliseconds, and the largest of its messages, in kilobytes. */
function pageOf(audit: Audit) {
	const options = { model: undefined, minutes: 0, canGoOn: false, translate: english };
	const all: Filter = { side: 'all', stage: '', language: '', folder: '', text: '' };
	const since = (start: number) => performance.now() - start;
	let start = performance.now();
	const view = new AuditView(audit, 1, options);
	const messages: unknown[] = [view.summary(), view.rows(all, 0, audit.files.length)];
	const open = since(start);
	start = performance.now();
	messages.push(view.rows({ ...all, text: 'index' }, 0, audit.files.length));
	const filter = since(start);
	start = performance.now();
	const [file] = audit.files;
	const changed = file === undefined ? audit : withFile(audit, 0, leftOut(file));
	messages.push(new AuditView(changed, 2, options).summary());
	const decide = since(start);
	const largest = Math.max(...messages.map((message) => JSON.stringify(message).length)) / 1024;
	return { open, filter, decide, largest };
}

async function timed(work: string, cacheFile: string): Promise<Run> {
	globalThis.gc?.();
	const before = process.memoryUsage.rss();
	let most = before;
	const watch = setInterval(() => {
		most = Math.max(most, process.memoryUsage.rss());
	}, SAMPLE_EVERY);
	const start = performance.now();
	const audit = await worker.audit(orderFor(work, cacheFile), () => undefined, never);
	const seconds = (performance.now() - start) / 1000;
	clearInterval(watch);
	return { seconds, memory: (most - before) / 2 ** 20, audit };
}

async function measure(folder: string) {
	const work = path.join(folder, 'work');
	fs.mkdirSync(work);
	const made = writeRepository(work, FILES);
	const loadBefore = load();
	const cold: Run[] = [];
	const warm: Run[] = [];
	const cacheFile = path.join(folder, 'kept', 'audit.cache');
	const cancels: number[] = [];
	const pages: ReturnType<typeof pageOf>[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		fs.rmSync(cacheFile, { force: true });
		cancels.push(await cancelled(work, cacheFile));
		const first = await timed(work, cacheFile);
		cold.push(first);
		pages.push(pageOf(first.audit));
		warm.push(await timed(work, cacheFile));
	}
	report(made, { cold, warm, cancels, pages }, fs.statSync(cacheFile).size / 2 ** 20, loadBefore);
}

interface Measured {
	readonly cold: readonly Run[];
	readonly warm: readonly Run[];
	readonly cancels: readonly number[];
	readonly pages: readonly ReturnType<typeof pageOf>[];
}

function report(
	made: BenchRepository,
	{ cold, warm, cancels, pages }: Measured,
	disk: number,
	before: number,
) {
	const files = cold[0]?.audit.files ?? [];
	const stages = new Map<string, number>();
	for (const { verdict } of files) {
		const stage = verdict.type === 'in' ? 'in' : verdict.stage;
		stages.set(stage, (stages.get(stage) ?? 0) + 1);
	}
	const seconds = (runs: readonly Run[]) => runs.map((run) => run.seconds);
	const samples = cold.length;
	const pageFigure = (label: string, key: 'open' | 'filter' | 'decide') => ({
		label,
		key: `page_${key}_milliseconds`,
		value: median(pages.map((page) => page[key])),
		unit: 'ms',
		samples,
	});
	publish({
		name: 'audit',
		notes: [
			machine(),
			`load of the machine: ${before.toFixed(1)} before, ${load().toFixed(1)} after`,
			`${made.files} files of ${(made.bytes / 2 ** 20).toFixed(1)} MB, ${made.repeated} of them with changed words`,
			[...stages].map(([stage, count]) => `${stage}: ${count}`).join(', '),
		],
		figures: [
			{
				label: `${FILES} files, first audit`,
				key: 'cold_seconds',
				value: median(seconds(cold)),
				unit: 's',
				aim: { type: 'at-most', value: (AIM * FILES) / 10_000 },
				samples,
			},
			{
				label: 'the same with the cache',
				key: 'cached_seconds',
				value: median(seconds(warm)),
				unit: 's',
				samples,
			},
			{
				label: 'memory at most',
				key: 'memory_megabytes',
				value: Math.max(...cold.map((run) => run.memory)),
				unit: 'MB',
				aim: { type: 'at-most', value: MOST_MEMORY },
				samples,
			},
			{
				label: 'memory at most with the cache',
				key: 'cached_memory_megabytes',
				value: Math.max(...warm.map((run) => run.memory)),
				unit: 'MB',
				samples,
			},
			{
				label: 'cancelled, until its thread is gone',
				key: 'cancel_milliseconds',
				value: median(cancels),
				unit: 'ms',
				samples,
			},
			pageFigure('page: counts and the first rows', 'open'),
			pageFigure('page: a search among all', 'filter'),
			pageFigure('page: one file left out', 'decide'),
			{
				label: 'page: largest message',
				key: 'page_message_kilobytes',
				value: Math.max(...pages.map(({ largest }) => largest)),
				unit: 'kB',
				samples,
			},
			{ label: 'cache on disk', key: 'cache_megabytes', value: disk, unit: 'MB' },
		],
		details: { load_before: before, load_after: load() },
	});
}

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-audit-bench-')));
try {
	await measure(folder);
} finally {
	fs.rmSync(folder, { recursive: true, force: true });
}
