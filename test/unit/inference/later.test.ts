/** A part that is read when it is first wanted: its commands always have an answer, and a failure is told and not final. */
import * as assert from 'node:assert/strict';
import { Later } from '../../../src/inference/later';
import { settle } from '../../support/fakeClock';
import { deferred } from '../../support/fakeModel';
import { commands, restorePanel, shownErrors } from '../../support/fakeVscode';
import { recordingLog } from '../../support/silentLog';

const OPEN = 'test.open';
const CLOSE = 'test.close';
const PANEL = 'test.panel';

/** A part whose commands repeat their words. */
class Part {
	readonly restored: unknown[] = [];
	private readonly registered = [OPEN, CLOSE].map((id) =>
		commands.registerCommand(id, (...words) => [id, ...words]),
	);

	dispose(): void {
		for (const one of this.registered) {
			one.dispose();
		}
	}
}

describe('later', () => {
	let later: Later<Part> | undefined;
	let loads = 0;

	/** @param load what happens before the part is there; the number of the attempt is given, from 1. */
	function make(load: (attempt: number) => Promise<void> = async () => undefined) {
		const log = recordingLog();
		loads = 0;
		later = new Later<Part>({
			commands: [OPEN, CLOSE],
			panel: {
				type: PANEL,
				restore: async (part, panel) => {
					part.restored.push(panel);
				},
			},
			load: async () => {
				await load(++loads);
				return () => new Part();
			},
			log,
		});
		return { later, log };
	}

	afterEach(() => {
		later?.dispose();
		later?.part?.dispose();
		shownErrors.length = 0;
	});

	it('nothing is read before somebody wants it', async () => {
		const { later } = make();
		await settle();
		assert.deepEqual([loads, later.part], [0, undefined]);
	});

	it('the first command reads it and is answered by it, with its words', async () => {
		const { later } = make();
		assert.deepEqual(await commands.executeCommand(OPEN, 1, 'two'), [OPEN, 1, 'two']);
		assert.ok(later.part !== undefined);
		assert.deepEqual(await commands.executeCommand(CLOSE), [CLOSE]);
		assert.equal(loads, 1);
	});

	it('commands that come while it is read are answered too, and it is read once', async () => {
		const gate = deferred();
		make(() => gate.promise);
		const answers = [commands.executeCommand(OPEN), commands.executeCommand(CLOSE, 1), later?.get()];
		gate.resolve();
		const [open, close, part] = await Promise.all(answers);
		assert.deepEqual([open, close], [[OPEN], [CLOSE, 1]]);
		assert.equal(part, later?.part);
		assert.equal(loads, 1);
	});

	it('a panel that was open is handed to it', async () => {
		const { later } = make();
		const panel = { title: 'Open' };
		await restorePanel(PANEL, panel);
		assert.deepEqual(later.part?.restored, [panel]);
	});

	it('what cannot be read is told to who asked and to the log, and read again by the next command', async () => {
		const { later, log } = make(async (attempt) => {
			if (attempt === 1) {
				throw new Error('no such file');
			}
		});
		assert.equal(await commands.executeCommand(OPEN), undefined);
		assert.match(shownErrors.join('\n'), /^A part of Familiar could not be loaded: no such file\. Reload/);
		assert.deepEqual(log.lines, ['error A part of Familiar could not be loaded Error: no such file']);
		assert.equal(later.part, undefined);
		assert.deepEqual(await commands.executeCommand(OPEN), [OPEN]);
		assert.equal(shownErrors.length, 1);
	});

	it('who asks for it without a command hears of the failure', async () => {
		const { later } = make(() => Promise.reject(new Error('no such file')));
		await assert.rejects(later.get(), /no such file/);
		assert.deepEqual(shownErrors, []);
	});

	it('disposed, its stand-ins are gone', async () => {
		const { later } = make();
		later.dispose();
		await assert.rejects(commands.executeCommand(OPEN), /not found/);
		await restorePanel(PANEL, {});
		assert.equal(loads, 0);
	});
});
