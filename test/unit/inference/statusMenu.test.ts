/** The menu of the status bar item: what is offered in which state. */
import * as assert from 'node:assert/strict';
import { english } from '../../../src/finetune/job/english';
import { statusMenu } from '../../../src/inference/statusMenu';
import type { CompletionStatus } from '../../../src/inference/statusText';
import { commands } from '../../../src/manifest';
import { completionStatus as completion } from '../../support/completionStatus';

const labels = (changes: Partial<CompletionStatus>) =>
	statusMenu({ ...completion, ...changes }, { api: false, remote: false }, english).map(({ label }) => label);

describe('statusMenu', () => {
	it('leads to all that tells of completions and of what is wrong', () => {
		const offered = statusMenu(completion, { api: false, remote: false }, english).map(
			({ command }) => command,
		);
		for (const command of [
			commands.showStatistics,
			commands.inspectCompletions,
			commands.doctor,
			commands.showDiagnostics,
			commands.showLog,
		]) {
			assert.ok(offered.includes(command), command);
		}
	});

	it('offers the opposite of what is', () => {
		assert.ok(labels({}).includes('$(circle-slash) Turn off'));
		assert.ok(labels({ enabled: false }).includes('$(check) Turn on'));
		assert.ok(labels({}).includes('$(circle-slash) Turn off for TypeScript'));
		assert.ok(
			labels({ language: { name: 'Markdown', on: false } }).includes('$(check) Turn on for Markdown'),
		);
		assert.ok(labels({}).includes('$(debug-pause) Pause…'));
		assert.ok(labels({ pausedUntil: '12:30' }).includes('$(debug-start) Resume'));
	});

	it('starts the local API, and stops it where it runs', () => {
		const offered = (apiRuns: boolean) =>
			statusMenu(completion, { api: apiRuns, remote: false }, english).map(({ command }) => command);
		const { startApi, stopApi, showApi } = commands;
		assert.deepEqual(
			[false, true].map((runs) =>
				offered(runs).filter((one) => [startApi, stopApi, showApi].some((of) => of === one)),
			),
			[[startApi], [showApi, stopApi]],
		);
	});

	it('names no language where no file is open', () => {
		assert.ok(!labels({ language: undefined }).some((label) => label.includes('for ')));
	});
});
