/** The cache of Git's answers: never waits, asks in batches, renews, and keeps what it knew meanwhile. */
import * as assert from 'node:assert/strict';
import { abortError } from '../../../src/inference/cancel';
import { GitAnswers } from '../../../src/inference/gitAnswers';
import type { GitAnswer } from '../../../src/inference/gitIgnored';
import { deferred } from '../../support/fakeModel';
import { silentLog } from '../../support/silentLog';

const rule = { source: '.gitignore', line: 1, pattern: '*.local' };

function house(limit?: number) {
	const batches: (readonly string[])[] = [];
	const warnings: string[] = [];
	const problems: string[] = [];
	const world = {
		time: 0,
		ignored: (file: string) => file.endsWith('.local'),
		before: async (_signal: AbortSignal): Promise<void> => undefined,
		problems,
	};
	const answers = new GitAnswers({
		ask: async (files, signal): Promise<GitAnswer> => {
			batches.push(files);
			const ignored = new Map(files.filter(world.ignored).map((file) => [file, rule] as const));
			await world.before(signal);
			return { ignored, problems: world.problems };
		},
		log: { ...silentLog, warn: (message) => warnings.push(message) },
		now: () => world.time,
		...(limit === undefined ? {} : { limit }),
	});
	return { answers, batches, warnings, world, type: (file: string) => answers.of(file).type };
}

describe('git answers', () => {
	it('unknown at first, then known, from one batch', async () => {
		const { answers, batches, type } = house();
		assert.deepEqual(['a', 'b.local', 'a'].map(type), ['unknown', 'unknown', 'unknown']);
		await answers.settled();
		assert.deepEqual(['a', 'b.local'].map(type), ['open', 'ignored']);
		assert.deepEqual(answers.of('b.local'), { type: 'ignored', rule });
		assert.deepEqual(batches, [['a', 'b.local']]);
	});

	it('what is asked for meanwhile is the next batch', async () => {
		const { answers, batches, world, type } = house();
		const gate = deferred();
		world.before = () => gate.promise;
		type('a');
		await Promise.resolve();
		await Promise.resolve();
		type('b');
		type('c');
		gate.resolve();
		await answers.settled();
		assert.deepEqual(batches, [['a'], ['b', 'c']]);
	});

	it('changed ignore files: the old answer holds until the new one is there', async () => {
		const { answers, world, type } = house();
		type('b.local');
		await answers.settled();
		world.ignored = () => false;
		answers.invalidate();
		assert.equal(type('b.local'), 'ignored');
		await answers.settled();
		assert.equal(type('b.local'), 'open');
	});

	it('an answer that was on its way when they changed is asked for again', async () => {
		const { answers, world, type } = house();
		const gate = deferred();
		world.before = () => gate.promise;
		type('b.local');
		await Promise.resolve();
		await Promise.resolve();
		world.ignored = () => false;
		answers.invalidate();
		gate.resolve();
		await answers.settled();
		assert.equal(type('b.local'), 'ignored');
		await answers.settled();
		assert.equal(type('b.local'), 'open');
	});

	it('renews after a minute, and not before', async () => {
		const { answers, batches, world, type } = house();
		type('a');
		await answers.settled();
		world.time = 60_000;
		assert.equal(type('a'), 'open');
		await answers.settled();
		assert.equal(batches.length, 1);
		world.time = 60_001;
		assert.equal(type('a'), 'open');
		await answers.settled();
		assert.equal(batches.length, 2);
	});

	it('a Git that takes too long: nothing is known, one line in the log, and no new try at every keystroke', async () => {
		const { answers, batches, warnings, world, type } = house(1);
		world.before = (signal) =>
			new Promise((_, reject) => signal.addEventListener('abort', () => reject(abortError())));
		type('b.local');
		await answers.settled();
		assert.equal(type('b.local'), 'unknown');
		await answers.settled();
		assert.equal(batches.length, 1);
		assert.deepEqual(warnings, ['Git did not say within 1 ms what it ignores']);
		world.time = 60_001;
		world.before = async () => undefined;
		type('b.local');
		await answers.settled();
		assert.equal(type('b.local'), 'ignored');
	});

	it('says each problem once', async () => {
		const { answers, warnings, world, type } = house();
		world.problems.push('No Git here.');
		for (const file of ['a', 'b']) {
			type(file);
			await answers.settled();
		}
		assert.deepEqual(warnings, ['No Git here.']);
		assert.equal(type('a'), 'open');
	});

	it('keeps so many answers and asks for so many at once', async () => {
		const { answers, batches, type } = house();
		for (let index = 0; index < 10_001; index++) {
			type(`${index}.local`);
		}
		await answers.settled();
		assert.deepEqual(
			batches.map((batch) => batch.length),
			[...Array.from({ length: 10 }, () => 1_000), 1],
		);
		assert.equal(type('0.local'), 'unknown');
		assert.equal(type('10000.local'), 'ignored');
	});

	it('disposed: what runs ends, and nothing is asked any more', async () => {
		const { answers, batches, warnings, world, type } = house();
		world.before = (signal) =>
			new Promise((_, reject) => signal.addEventListener('abort', () => reject(abortError())));
		type('a');
		await Promise.resolve();
		await Promise.resolve();
		const settled = answers.settled();
		answers.dispose();
		await settled;
		type('b');
		await answers.settled();
		assert.deepEqual(batches, [['a']]);
		assert.deepEqual(warnings, []);
	});
});
