/** Tests of what goes along with a question: chips while it is written, the material when it is sent. */

import assert from 'node:assert/strict';
import { fileSource } from '../../../../src/chat/context/file';
import { openSource } from '../../../../src/chat/context/open';
import type { ContextSource } from '../../../../src/chat/context/source';
import { terminalSource } from '../../../../src/chat/context/terminal';
import { Tray } from '../../../../src/chat/context/tray';
import { MAX_ATTACHED, MAX_ATTACHMENTS } from '../../../../src/chat/question';
import { FakeEditor, never } from './fakeEditor';

function setUp(files: Readonly<Record<string, string>>, more: readonly ContextSource[] = []) {
	const editor = new FakeEditor(files);
	const { tools } = editor;
	const sources = [fileSource(tools), openSource(tools), terminalSource(tools, { last: undefined }), ...more];
	const tray = new Tray({ ...tools, sources, countTokens: (text) => text.length });
	const labels = async (...mentions: string[]) =>
		(await tray.chips(mentions, never)).map(({ label }) => label);
	const collected = async (text: string) =>
		(await tray.collect(text, never)).map((found) =>
			found.type === 'attached' ? found.attachment.label : `${found.label}: ${found.reason}`,
		);
	return { editor, tray, labels, collected };
}

describe('chat/context/tray', () => {
	it('shows for each mention what would go along, with its size', async () => {
		const { tray } = setUp({ 'a.ts': 'four' });
		assert.deepEqual(await tray.chips(['#file:a.ts', '#file:gone.ts', '#unknown'], never), [
			{ id: 'chip-1', label: 'a.ts', tokens: 4, problem: undefined, mention: '#file:a.ts' },
			{
				id: 'chip-2',
				label: 'gone.ts',
				tokens: undefined,
				problem: 'There is no such file in the workspace.',
				mention: '#file:gone.ts',
			},
		]);
	});

	it('estimates the size of a long text by its beginning', async () => {
		const { tray } = setUp({ 'a.ts': 'word '.repeat(20_000) });
		assert.equal((await tray.chips(['#file:a.ts'], never))[0]?.tokens, 100_000);
	});

	it('brings the code around the places that a pasted error names, and lets each be taken away', async () => {
		const { editor, tray, labels, collected } = setUp({ 'a.ts': 'one\ntwo', 'b.ts': 'b' });
		const error = 'TypeError: x\n    at f (/w/a.ts:2:1)\n    at g (/w/b.ts:1:1)';
		assert.deepEqual(await labels('at f (/w/a.ts:2', 'at g (/w/b.ts:1'), ['a.ts:1-2', 'b.ts:1-1']);
		const [, second] = await tray.chips(['/w/a.ts:2', '/w/b.ts:1'], never);
		tray.takeAway(second?.id ?? '');
		assert.deepEqual(await collected(error), ['a.ts:1-2']);
		tray.sent();
		assert.deepEqual(await collected(error), ['a.ts:1-2', 'b.ts:1-1']);
		editor.terminal = { type: 'text', text: 'b.ts:1:1: error' };
		assert.deepEqual(await collected('what is #terminal?'), ['Terminal selection', 'b.ts:1-1']);
	});

	it('reads again when the question is sent: a file may be gone or changed by then', async () => {
		const { editor, tray, labels, collected } = setUp({ 'a.ts': 'old', 'b.ts': 'b' });
		tray.drop(['file:///w/b.ts']);
		assert.deepEqual(await labels('#file:a.ts'), ['b.ts', 'a.ts']);
		editor.contents.set('a.ts', 'new');
		const [, changed] = await tray.collect('what is #file:a.ts?', never);
		assert.equal(changed?.type === 'attached' && changed.attachment.text, 'new');
		editor.contents.delete('a.ts');
		editor.contents.delete('b.ts');
		assert.deepEqual(await collected('what is #file:a.ts?'), [
			'b.ts: There is no such file.',
			'a.ts: There is no such file in the workspace.',
		]);
	});

	it('takes dropped files of the workspace, each once, until the question is sent', async () => {
		const { tray, labels } = setUp({ 'a.ts': 'a' });
		tray.drop(['file:///w/a.ts', 'file:///w/a.ts', 'file:///etc/passwd', 'command:evil']);
		const chips = await tray.chips([], never);
		assert.deepEqual(
			chips.map(({ label, problem }) => [label, problem?.slice(0, 27)]),
			[
				['a.ts', undefined],
				['file:///etc/passwd', 'It is not in the workspace.'],
				['command:evil', 'It is not in the workspace.'],
			],
		);
		tray.takeAway(chips[1]?.id ?? '');
		assert.deepEqual(await labels(), ['a.ts', 'command:evil']);
		tray.sent();
		assert.deepEqual(await labels(), []);
	});

	it('attaches a file once, however often it is named', async () => {
		const { tray, labels } = setUp({ 'a.ts': 'a' });
		tray.drop(['file:///w/a.ts']);
		assert.deepEqual(await labels('#file:a.ts', '#file:"a.ts"'), ['a.ts']);
	});

	it('lets one of several go alone, and keeps it away until the question is sent', async () => {
		const { editor, tray, labels } = setUp({ 'a.ts': 'a', 'b.ts': 'b' });
		editor.tabs = ['a.ts', 'b.ts'];
		const chips = await tray.chips(['#open'], never);
		assert.deepEqual(
			chips.map(({ mention }) => mention),
			[undefined, undefined],
		);
		tray.takeAway(chips[0]?.id ?? '');
		assert.deepEqual(await labels('#open'), ['b.ts']);
		tray.sent();
		assert.deepEqual(await labels('#open'), ['a.ts', 'b.ts']);
		tray.takeAway('chip-99');
	});

	it("shows the project's guidance by itself, in trusted workspaces, until it is taken away", async () => {
		const { editor, tray, labels } = setUp({
			'AGENTS.md': 'Use tabs.',
			'.github/copilot-instructions.md': 'Be brief.',
			'.familiar/instructions.md': ' ',
		});
		assert.deepEqual(await labels(), ['AGENTS.md', '.github/copilot-instructions.md']);
		const [first] = await tray.collect('hello', never);
		assert.equal(first?.type === 'attached' && first.attachment.kind, 'guidance');
		editor.isTrusted = false;
		assert.deepEqual(await labels(), []);
		editor.isTrusted = true;
		editor.reasons.set('AGENTS.md', 'Excluded.');
		assert.deepEqual(await labels(), ['.github/copilot-instructions.md']);
		editor.reasons.clear();
		const [chip] = await tray.chips([], never);
		tray.takeAway(chip?.id ?? '');
		tray.sent();
		assert.deepEqual(await labels(), ['.github/copilot-instructions.md']);
		tray.reset();
		assert.deepEqual(await labels(), ['AGENTS.md', '.github/copilot-instructions.md']);
	});

	it('bounds guidance', async () => {
		const { tray } = setUp({ 'AGENTS.md': 'x'.repeat(100_000) });
		const [chip] = await tray.chips([], never);
		assert.equal(chip?.tokens, 16_000);
		assert.equal(chip?.label, 'AGENTS.md (its first 16000 characters)');
	});

	it('reads the terminal only when the question is sent: the clipboard is not touched by typing', async () => {
		const { editor, tray, labels, collected } = setUp({});
		editor.terminal = { type: 'text', text: 'old' };
		assert.deepEqual(await labels('#terminal'), ['Terminal, read when it is sent']);
		await tray.chips(['#terminal'], never);
		assert.equal(editor.terminalReads, 0);
		editor.terminal = { type: 'text', text: 'new' };
		const [found] = await tray.collect('why #terminal', never);
		assert.equal(found?.type === 'attached' && found.attachment.text, 'new');
		assert.equal(editor.terminalReads, 1);
		editor.terminal = { type: 'no-selection' };
		assert.deepEqual(await collected('why #terminal'), [
			'#terminal: Nothing is selected in the terminal, and no command has failed since the chat was opened.',
		]);
	});

	it('leaves a source that depends on the question until that is sent', async () => {
		const asked: string[] = [];
		const late: ContextSource = {
			name: 'codebase',
			description: '',
			takesArgument: false,
			reads: 'sent',
			read: async ({ question }) => {
				asked.push(question);
				return [];
			},
		};
		const { tray } = setUp({}, [late]);
		assert.deepEqual(await tray.chips(['#codebase'], never), [
			{ id: 'chip-1', label: '#codebase', tokens: undefined, problem: undefined, mention: '#codebase' },
		]);
		assert.deepEqual(asked, []);
		await tray.collect('where is it? #codebase', never);
		assert.deepEqual(asked, ['where is it? #codebase']);
	});

	it('refuses what a question cannot hold', async () => {
		const names = Array.from({ length: 40 }, (_, index) => `f${index}.ts`);
		const many = setUp(Object.fromEntries(names.map((name) => [name, name])));
		many.tray.drop(names.slice(0, 20).map((name) => `file:///w/${name}`));
		const chips = await many.tray.chips(
			names.slice(20).map((name) => `#file:${name}`),
			never,
		);
		assert.equal(chips.filter(({ problem }) => problem === undefined).length, MAX_ATTACHMENTS - 4);
		assert.match(chips.at(-1)?.problem ?? '', /as much context as it can/);
		const long = 'word '.repeat(50_000);
		const large = setUp({ 'a.ts': long, 'b.ts': long, 'c.ts': long });
		const found = await large.tray.collect('#file:a.ts #file:b.ts #file:c.ts', never);
		assert.deepEqual(
			found.map(({ type }) => type),
			['attached', 'attached', 'refused'],
		);
		assert.ok(2 * long.length <= MAX_ATTACHED && 3 * long.length > MAX_ATTACHED);
	});
});
