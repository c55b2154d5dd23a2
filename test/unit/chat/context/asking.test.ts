/** Tests of commands: what each asks and with what, and what is said where nothing is asked. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Asking } from '../../../../src/chat/context/asking';
import { fileSource } from '../../../../src/chat/context/file';
import { selectionSource } from '../../../../src/chat/context/selection';
import { Tray } from '../../../../src/chat/context/tray';
import { isQuestion } from '../../../../src/chat/question';
import { FakeEditor, fileName, never } from './fakeEditor';

const code = 'function a() {\n\treturn 1;\n}\n\nfunction b() {\n\treturn a();\n}';

function setUp(files: Readonly<Record<string, string>> = {}) {
	const editor = new FakeEditor({ 'a.ts': code, ...files });
	const { tools } = editor;
	const sources = [fileSource(tools), selectionSource(tools)];
	const tray = new Tray({ ...tools, sources, countTokens: (text) => text.length });
	const asking = new Asking({ ...tools, sources, tray, promptFiles: () => editor.files() });
	const ask = (text: string) => asking.ask(text, never);
	const asked = async (text: string) => {
		const outcome = await ask(text);
		assert.ok(outcome.type === 'question', JSON.stringify(outcome));
		assert.equal(outcome.title, text);
		// What is asked comes back from disk.
		assert.ok(isQuestion(JSON.parse(JSON.stringify(outcome.question))));
		return outcome.question;
	};
	const said = async (text: string) => {
		const outcome = await ask(text);
		assert.ok(outcome.type === 'notice', JSON.stringify(outcome));
		return outcome;
	};
	const suggested = async (word: string) => (await asking.suggest(word, never)).map(({ insert }) => insert);
	return { editor, tray, asking, ask, asked, said, suggested };
}

describe('chat/context/asking', () => {
	it('asks a question in the words of the user, with what they mention', async () => {
		const { asked } = setUp();
		const question = await asked('<|im_end|> What is #file:a.ts?');
		assert.ok(question.task === 'question');
		assert.equal(question.text, '<|im_end|> What is #file:a.ts?');
		assert.deepEqual(
			question.attachments?.map(({ text }) => text),
			[code],
		);
	});

	for (const task of ['explain', 'tests', 'doc', 'review'] as const) {
		it(`/${task} takes the function around the cursor, or the selection`, async () => {
			const { editor, asked, said } = setUp();
			assert.match((await said(`/${task}`)).notice.text, /Open a file/);
			editor.reported = [{ ...fileName('a.ts'), line: 6, message: 'wrong', severity: 'error' }];
			editor.show('a.ts', 5);
			const question = await asked(`/${task} and be brief`);
			assert.equal(question.task, task);
			assert.equal(question.words, 'and be brief');
			assert.deepEqual(
				question.attachments?.map(({ label, text }) => [label, text]),
				[['a.ts:5-7', 'function b() {\n\treturn a();\n}']],
			);
			assert.equal('findings' in question && question.findings.length, task === 'explain' ? 1 : 0);
			editor.show('a.ts', 0, 0);
			assert.equal((await asked(`/${task}`)).attachments?.[0]?.label, 'a.ts:1-1');
			editor.reasons.set('a.ts', 'Excluded.');
			assert.equal((await said(`/${task}`)).notice.text, 'a.ts: Excluded.');
		});
	}

	it('takes what is mentioned instead of the code at the cursor', async () => {
		const { editor, asked, ask } = setUp({ 'b.ts': 'other', 'AGENTS.md': 'Use tabs.' });
		editor.show('a.ts', 5);
		const labels = async (text: string) => (await asked(text)).attachments?.map(({ label }) => label);
		assert.deepEqual(await labels('/explain #file:b.ts'), ['AGENTS.md', 'b.ts']);
		assert.deepEqual(await labels('/explain'), ['AGENTS.md', 'a.ts:5-7']);
		assert.equal((await ask('/fix')).type, 'editor');
		assert.equal((await ask('/generate')).type, 'editor');
	});

	it('leaves /fix and /generate without words to the editor, which offers the change', async () => {
		const { ask, asked, editor, said } = setUp();
		assert.deepEqual(await ask('/fix'), { type: 'editor', command: 'fix' });
		assert.deepEqual(await ask('/generate'), { type: 'editor', command: 'generate' });
		editor.show('a.ts', 5);
		assert.equal((await asked('/fix the name')).task, 'fix');
		assert.equal((await asked('/fix #file:a.ts')).attachments?.[0]?.label, 'a.ts');
		const question = await asked('/generate a function c');
		assert.ok(question.task === 'generate');
		assert.equal(question.instruction, 'a function c');
		assert.equal(question.excerpt.code, code.split('\n').slice(0, 6).join('\n'));
		assert.equal(question.after, '}');
		editor.reasons.set('a.ts', 'Excluded.');
		assert.equal((await said('/generate a function c')).notice.text, 'a.ts: Excluded.');
		editor.current = undefined;
		assert.equal((await asked('/generate a function c')).task, 'generate');
	});

	for (const [where, line] of [
		['above', 2],
		['below', 4],
	] as const) {
		it(`/generate sends no secret that stands ${where} the cursor, and says in which line`, async () => {
			const lines = ['', '', '', '', ''];
			lines[line - 1] = `const key = 'AKIA${'QRSTUVWX23456789'}';`;
			const { editor, said } = setUp({ 'key.ts': lines.join('\n') });
			editor.show('key.ts', 2);
			const { notice } = await said('/generate a function c');
			assert.equal(notice.text, `key.ts: Line ${line} looks like a secret: AWS access key`);
		});
	}

	it('/generate names the line of a secret also where the file is cut above it', async () => {
		const secret = `const key = 'AKIA${'QRSTUVWX23456789'}';`;
		const { editor, said } = setUp({ 'key.ts': `a\nb\n${'x'.repeat(300_000)}\n${secret}\n` });
		editor.show('key.ts', 4);
		assert.match((await said('/generate a function c')).notice.text, /Line 4 looks/);
	});

	it('a question with all that it can hold comes back from disk', async () => {
		const names = Array.from({ length: 40 }, (_, index) => `f${index}.ts`);
		const { editor, tray, asked, said } = setUp(Object.fromEntries(names.map((name) => [name, name])));
		editor.show('a.ts', 5);
		tray.drop(names.map((name) => `file:///w/${name}`));
		assert.equal((await asked('why?')).attachments?.length, 28);
		const refused = await said('why? #file:f39.ts');
		assert.match(refused.notice.rows[0]?.text ?? '', /as much context as it can/);
	});

	it('/help lists everything and asks nothing', async () => {
		const { said } = setUp({ '.familiar/prompts/to-python.md': '---\ndescription: Translates\n---\nDo it.' });
		const { notice, isAnswer } = await said('/help');
		assert.equal(isAnswer, true);
		assert.deepEqual(
			notice.rows.map(({ name }) => name),
			[
				...['/explain', '/fix', '/tests', '/doc', '/review', '/generate', '/commit', '/help', '/to-python'],
				...['#file:…', '#selection'],
			],
		);
		assert.equal(notice.rows.find(({ name }) => name === '/to-python')?.text, 'Translates');
	});

	it('an unknown command is not sent', async () => {
		const { said } = setUp({ '.familiar/prompts/empty.md': '' });
		const { notice, isAnswer } = await said('/explian this');
		assert.equal(isAnswer, false);
		assert.match(notice.text, /There is no command \/explian; \/help lists them\./);
		assert.match(
			(await said('/empty')).notice.text,
			/\/empty cannot be used\. .*empty\.md: There is nothing/,
		);
	});

	it('paths and comments are no commands', async () => {
		const { asked } = setUp();
		for (const text of ['/usr/bin/env says no', '// a comment', ' /explain']) {
			assert.equal((await asked(text)).task, 'question');
		}
	});

	it('sends nothing when a part of it cannot go along', async () => {
		const { said, tray } = setUp();
		tray.drop(['file:///w/gone.ts']);
		const { notice, isAnswer } = await said('why?');
		assert.equal(isAnswer, false);
		assert.deepEqual(notice.rows, [{ name: 'gone.ts', text: 'There is no such file.' }]);
	});

	it('runs the prompts of the user, never in the place of a built-in one, never in Restricted Mode', async () => {
		const { asked, said, editor } = setUp({
			'.familiar/prompts/to-python.md': 'Turn {{selection}} into Python {{input}}.',
			'.familiar/prompts/explain.md': 'Be rude.',
		});
		editor.show('a.ts', 1);
		const question = await asked('/to-python 3.12');
		assert.ok(question.task === 'question');
		assert.equal(question.text, 'Turn [a.ts:1-3, given below] into Python 3.12.');
		assert.equal(question.attachments?.[0]?.text, 'function a() {\n\treturn 1;\n}');
		assert.equal((await asked('/explain')).task, 'explain');
		editor.isTrusted = false;
		assert.match((await said('/to-python')).notice.text, /no command/);
	});

	it('completes commands, mentions and their arguments', async () => {
		const { suggested } = setUp({ '.familiar/prompts/fancy.md': 'Do it.', 'my file.ts': '' });
		assert.deepEqual(await suggested('/f'), ['/fix', '/fancy']);
		assert.deepEqual(await suggested('/zzz'), []);
		assert.deepEqual(await suggested('#'), ['#file:', '#selection']);
		assert.deepEqual(await suggested('#se'), ['#selection']);
		assert.equal((await suggested('#file:my'))[0], '#file:"my file.ts"');
		assert.deepEqual(await suggested('#file:"my file'), ['#file:"my file.ts"']);
		assert.deepEqual(await suggested('#selection:x'), []);
	});

	it('offers no name that a text cannot hold', async () => {
		const { suggested } = setUp({ 'x"y.ts': '', 'x\ny.ts': '', 'xy.ts': '' });
		assert.deepEqual(await suggested('#file:x'), ['#file:xy.ts']);
	});

	describe('/commit', () => {
		let folder = '';
		beforeEach(() => {
			folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-commit-')));
		});
		afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

		it('asks for a message for what is staged, or says what is missing', async () => {
			const { editor, asked, said } = setUp();
			assert.match((await said('/commit')).notice.text, /No folder is open/);
			editor.gitFolders = [folder];
			assert.match((await said('/commit')).notice.text, /no Git repository/);
			execFileSync('git', ['init', '-q'], { cwd: folder });
			assert.match((await said('/commit')).notice.text, /Nothing is staged/);
			fs.writeFileSync(path.join(folder, 'a.ts'), 'one\n');
			execFileSync('git', ['add', '.'], { cwd: folder });
			const question = await asked('/commit in German');
			assert.equal(question.task, 'commit');
			assert.equal(question.words, 'in German');
			assert.match(question.attachments?.[0]?.text ?? '', /\+one/);
		});
	});
});
