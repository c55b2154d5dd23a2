/**
 * How long the audit of a corpus takes, and what memory: 10,000 files of real code, on first sight and with the cache that
 * this leaves, each as the editor does it.
 *
 *     npm run bench:audit
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { AuditWorker } from '../../src/finetune/corpus/auditWorker';
import type { Audit } from '../../src/finetune/corpus/verdict';
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

async function timed(work: string, cacheFile: string): Promise<Run> {
	globalThis.gc?.();
	const before = process.memoryUsage.rss();
	let most = before;
	const watch = setInterval(() => {
		most = Math.max(most, process.memoryUsage.rss());
	}, SAMPLE_EVERY);
	const start = performance.now();
	const worker = new AuditWorker(path.join(root, 'dist/corpusWorker.js'), console.error);
	const repositories = [{ name: 'work', folder: work, gitPath: 'git' }];
	const audit = await worker.audit({ repositories, basePath: undefined, cacheFile }, () => undefined, never);
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
	for (let round = 0; round < ROUNDS; round++) {
		fs.rmSync(cacheFile, { force: true });
		cold.push(await timed(work, cacheFile));
		warm.push(await timed(work, cacheFile));
	}
	report(made, cold, warm, fs.statSync(cacheFile).size / 2 ** 20, loadBefore);
}

function report(
	made: BenchRepository,
	cold: readonly Run[],
	warm: readonly Run[],
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
