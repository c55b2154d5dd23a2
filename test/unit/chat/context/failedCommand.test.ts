/** The last command that failed is kept with the end of what it printed, and no other. */
import * as assert from 'node:assert/strict';
import { FailedCommand, readable, type ShellExecution } from '../../../../src/chat/context/failedCommand';
import { settle } from '../../../support/fakeClock';

/** A terminal in memory. */
function setUp() {
	type Start = { readonly execution: ShellExecution };
	type End = { readonly execution: ShellExecution; readonly exitCode: number | undefined };
	const starts = new Set<(fact: Start) => void>();
	const ends = new Set<(fact: End) => void>();
	const failed = new FailedCommand({
		onDidStartTerminalShellExecution: (listener) => {
			starts.add(listener);
			return { dispose: () => starts.delete(listener) };
		},
		onDidEndTerminalShellExecution: (listener) => {
			ends.add(listener);
			return { dispose: () => ends.delete(listener) };
		},
	});
	const run = async (value: string, printed: readonly string[], exitCode: number | undefined) => {
		const execution: ShellExecution = {
			commandLine: { value },
			read: async function* () {
				yield* printed;
			},
		};
		for (const listener of starts) {
			listener({ execution });
		}
		await settle();
		for (const listener of ends) {
			listener({ execution, exitCode });
		}
	};
	return { failed, run, heard: () => starts.size + ends.size };
}

describe('chat/context/failedCommand', () => {
	it('keeps the one that failed last, whatever succeeds afterwards', async () => {
		const { failed, run } = setUp();
		await run('npm run build', ['first'], 1);
		await run('npm test ', ['1 fail', 'ing\r\n'], 2);
		await run('ls', ['a'], 0);
		await run('sleep 9', ['^C'], 130);
		await run('unknown', ['?'], undefined);
		assert.deepEqual(failed.last, { command: 'npm test', exitCode: 2, output: '1 failing' });
	});

	it('keeps the end of what is printed without end', async () => {
		const { failed, run } = setUp();
		await run(
			'yes',
			[...Array.from({ length: 5_000 }, (_, line) => `line ${line} ${'x'.repeat(90)}\n`), 'The end.'],
			1,
		);
		const lines = failed.last?.output.split('\n') ?? [];
		assert.equal(lines.length, 200);
		assert.equal(lines.at(-1), 'The end.');
	});

	it('keeps what was heard of a terminal that went away', async () => {
		const { failed, run } = setUp();
		const broken: string[] = ['heard'];
		Object.defineProperty(broken, 1, { get: () => assert.fail('the terminal is closed') });
		await run('make', broken, 2);
		assert.equal(failed.last?.output, 'heard');
	});

	it('hears nothing any more when it is disposed, and nothing of editors that do not tell', () => {
		const { failed, heard } = setUp();
		assert.equal(heard(), 2);
		failed.dispose();
		assert.equal(heard(), 0);
		assert.equal(new FailedCommand({}).last, undefined);
	});

	it('reads what a terminal shows', () => {
		const printed =
			'\u001B]633;E;npm test;abc\u0007\u001B[31mred\u001B[0m\r\n10 %\r50 %\r100 %\r\n\u001B]8;;http://x\u001B\\link\u001B]8;;\u001B\\\r\n';
		assert.equal(readable(printed), 'red\n100 %\nlink');
	});
});
