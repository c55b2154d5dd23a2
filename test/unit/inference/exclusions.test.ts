/** Which rule leaves a file out, in which order, and what holds while rules and Git are not known yet. */
import * as assert from 'node:assert/strict';
import { type ExclusionFolder, Exclusions } from '../../../src/inference/exclusions';
import { GitAnswers } from '../../../src/inference/gitAnswers';
import type { IgnoreRules } from '../../../src/inference/ignoreFile';
import { deferred } from '../../support/fakeModel';
import { silentLog } from '../../support/silentLog';

const app: ExclusionFolder = { path: '/work/app', localPath: '/work/app' };
const fill = (message: string, ...values: readonly unknown[]) =>
	message.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)]));

const byGit = 'Git ignores this file: line 3 of .gitignore says *.local.ts';
const unknown = 'Git has not said yet whether it ignores this file.';

function house(globs: readonly string[] = []) {
	const asked: string[] = [];
	const warnings: string[] = [];
	const world = {
		isTrusted: true,
		asked,
		warnings,
		rules: new Map<string, IgnoreRules>(),
		gitBefore: async (): Promise<void> => undefined,
		readBefore: async (): Promise<void> => undefined,
	};
	const rule = { source: '.gitignore', line: 3, pattern: '*.local.ts' };
	const git = new GitAnswers({
		ask: async (files) => {
			world.asked.push(...files);
			await world.gitBefore();
			const ignored = files.filter((file) => file.endsWith('.local.ts'));
			return { ignored: new Map(ignored.map((file) => [file, rule] as const)), problems: [] };
		},
		log: silentLog,
	});
	const exclusions = new Exclusions({
		globs,
		readRules: async (folder) => {
			const rules = world.rules.get(folder) ?? (() => undefined);
			await world.readBefore();
			return rules;
		},
		git,
		isTrusted: () => world.isTrusted,
		translate: fill,
		log: { ...silentLog, warn: (message) => world.warnings.push(message) },
	});
	return {
		world,
		exclusions,
		/** With everything known. */
		async why(file: string): Promise<string | undefined> {
			await exclusions.settled();
			exclusions.see(file);
			await exclusions.settled();
			const answers = [exclusions.why(file, 'completion'), exclusions.why(file, 'context')];
			assert.equal(answers[0], answers[1]);
			return answers[0];
		},
	};
}

const ignoring =
	(...names: readonly string[]): IgnoreRules =>
	(file) =>
		names.includes(file) ? { type: 'ignored', line: file } : undefined;

describe('exclusions', () => {
	it('an ordinary file is not left out, nor what only looks as if it lay in the folder', async () => {
		const { world, exclusions, why } = house(['*.sql']);
		world.rules.set('/work/app', (file) =>
			file === 'src/a.ts' ? undefined : { type: 'ignored', line: `all but that, so also ${file}` },
		);
		exclusions.setFolders([app]);
		assert.equal(await why('/work/app/src/a.ts'), undefined);
		assert.equal(await why('/elsewhere/a.ts'), undefined);
		assert.equal(await why('/work/application/a.ts'), undefined);
		assert.equal(await why('Untitled-1'), undefined);
		assert.equal(await why('/work/app/'), undefined);
	});

	it('each rule says that it was it', async () => {
		const { world, exclusions, why } = house(['*.sql']);
		world.rules.set('/work/app', ignoring('src/b.ts'));
		exclusions.setFolders([app]);
		assert.equal(await why('/work/app/.env'), 'Files that usually hold secrets are never read.');
		assert.equal(await why('/work/app/src/a.sql'), 'The setting familiar.exclude excludes this file: *.sql');
		assert.equal(await why('/elsewhere/a.sql'), 'The setting familiar.exclude excludes this file: *.sql');
		assert.equal(await why('/work/app/src/b.ts'), '.familiarignore excludes this file: src/b.ts');
		assert.equal(await why('/work/app/src/x.local.ts'), byGit);
	});

	it('while Git is silent a file may be completed, but is no context', async () => {
		const { world, exclusions } = house();
		const gate = deferred();
		world.gitBefore = () => gate.promise;
		exclusions.setFolders([app]);
		await Promise.resolve();
		await new Promise((resolve) => setImmediate(resolve));
		assert.equal(exclusions.why('/work/app/x.local.ts', 'completion'), undefined);
		assert.equal(exclusions.why('/work/app/x.local.ts', 'context'), unknown);
		assert.equal(exclusions.why('/work/app/a.ts', 'context'), unknown);
		gate.resolve();
		await exclusions.settled();
		assert.equal(exclusions.why('/work/app/x.local.ts', 'completion'), byGit);
		assert.equal(exclusions.why('/work/app/a.ts', 'context'), undefined);
	});

	it('until .familiarignore is read for the first time nothing in the folder is used', async () => {
		const { world, exclusions } = house();
		const gate = deferred();
		world.readBefore = () => gate.promise;
		exclusions.setFolders([app]);
		assert.equal(exclusions.why('/work/app/a.ts', 'completion'), '.familiarignore is still being read.');
		assert.equal(exclusions.why('/elsewhere/a.ts', 'completion'), undefined);
		gate.resolve();
		await exclusions.settled();
		assert.equal(exclusions.why('/work/app/a.ts', 'completion'), undefined);
	});

	it('a .familiarignore that cannot be read leaves its whole folder out', async () => {
		const { world, exclusions, why } = house();
		world.readBefore = () => Promise.reject(new Error('It cannot be read. Make it readable.'));
		exclusions.setFolders([app]);
		assert.equal(await why('/work/app/a.ts'), 'It cannot be read. Make it readable.');
		assert.deepEqual(world.warnings, ['It cannot be read. Make it readable.']);
		world.readBefore = async () => undefined;
		exclusions.refresh();
		assert.equal(await why('/work/app/a.ts'), undefined);
	});

	it('a changed .familiarignore: the old rules hold until the new ones are read', async () => {
		const { world, exclusions, why } = house();
		world.rules.set('/work/app', ignoring('a.ts'));
		exclusions.setFolders([app]);
		await exclusions.settled();
		world.rules.set('/work/app', ignoring('b.ts'));
		exclusions.refresh();
		assert.match(exclusions.why('/work/app/a.ts', 'completion') ?? '', /excludes/);
		assert.equal(await why('/work/app/a.ts'), undefined);
		assert.match((await why('/work/app/b.ts')) ?? '', /excludes/);
	});

	it('of two readings the later one stays, whichever ends last', async () => {
		const { world, exclusions } = house();
		const slow = deferred();
		world.rules.set('/work/app', ignoring('old.ts'));
		world.readBefore = () => slow.promise;
		exclusions.setFolders([app]);
		world.rules.set('/work/app', ignoring('new.ts'));
		world.readBefore = async () => undefined;
		exclusions.refresh();
		await exclusions.settled();
		slow.resolve();
		await new Promise((resolve) => setImmediate(resolve));
		assert.equal(exclusions.why('/work/app/old.ts', 'completion'), undefined);
		assert.match(exclusions.why('/work/app/new.ts', 'completion') ?? '', /excludes/);
	});

	it('a line with `!` takes in what Git ignores, but no secret and nothing that the setting names', async () => {
		const { world, exclusions, why } = house(['*.sql']);
		world.rules.set('/work/app', () => ({ type: 'kept' }));
		exclusions.setFolders([app]);
		assert.equal(await why('/work/app/x.local.ts'), undefined);
		assert.match((await why('/work/app/.env')) ?? '', /secrets/);
		assert.match((await why('/work/app/a.sql')) ?? '', /familiar\.exclude/);
	});

	it('Git is asked in trusted workspaces on this machine only', async () => {
		const { world, exclusions, why } = house();
		exclusions.setFolders([app, { path: '/virtual', localPath: undefined }]);
		world.isTrusted = false;
		assert.equal(await why('/work/app/x.local.ts'), undefined);
		world.isTrusted = true;
		assert.equal(await why('/virtual/x.local.ts'), undefined);
		assert.equal(await why('/elsewhere/x.local.ts'), undefined);
		assert.deepEqual(world.asked, []);
		assert.equal(await why('/work/app/x.local.ts'), byGit);
	});

	it('every open folder that holds the file has a say', async () => {
		const { world, exclusions, why } = house(['inner/b.ts']);
		world.rules.set('/work', ignoring('app/a.ts'));
		exclusions.setFolders([app, { path: '/work', localPath: '/work' }]);
		assert.match((await why('/work/app/a.ts')) ?? '', /\.familiarignore/);
		assert.match((await why('/work/app/inner/b.ts')) ?? '', /familiar\.exclude/);
	});

	it('another setting, other folders', async () => {
		const { world, exclusions, why } = house(['*.sql']);
		world.rules.set('/work/app', ignoring('a.ts'));
		exclusions.setFolders([app]);
		exclusions.configure(['*.csv']);
		assert.equal(await why('/work/app/a.sql'), undefined);
		assert.match((await why('/work/app/a.csv')) ?? '', /familiar\.exclude/);
		assert.match((await why('/work/app/a.ts')) ?? '', /\.familiarignore/);
		exclusions.setFolders([app, { path: '/other', localPath: '/other' }]);
		assert.match(exclusions.why('/work/app/a.ts', 'completion') ?? '', /excludes/);
		assert.match(exclusions.why('/other/a.ts', 'completion') ?? '', /still being read/);
		exclusions.setFolders([]);
		assert.equal(await why('/work/app/a.ts'), undefined);
	});

	it('a file that is asked for at every keystroke is asked of Git once', async () => {
		const { world, exclusions } = house();
		exclusions.setFolders([app]);
		await exclusions.settled();
		for (let keystroke = 0; keystroke < 100; keystroke++) {
			exclusions.why('/work/app/a.ts', 'completion');
			await exclusions.settled();
		}
		assert.deepEqual(world.asked, ['/work/app/a.ts']);
	});
});
