/** The list of held-out packages: its form, its spread, and that nothing on it was ever trained on. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { root } from '../../support/root';

const file = path.join(root, 'test/bench/holdout.json');

/** The npm packages that the starter model was trained on, and some that came with them as dependencies. */
const TRAINED = [
	...['rxjs', 'zod', 'three', 'lodash-es', 'lodash', 'date-fns', 'preact', 'd3', 'express', 'fastify', 'koa'],
	...['commander', 'yargs', 'semver', 'chalk', 'undici', 'mobx', 'immer', 'ramda', 'axios', 'ws', 'mocha'],
	...['chai', 'handlebars', 'marked', 'uuid', 'qs', 'pino', 'winston', 'knex', 'node-llama-cpp'],
	...['async', 'body-parser', 'ajv', 'debug', 'send', 'minimatch', 'glob', 'octokit', 'simple-git'],
];

type Entry = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Entry {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function entries(): readonly Entry[] {
	const list: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
	assert.ok(isRecord(list) && Array.isArray(list['packages']));
	return list['packages'].filter(isRecord);
}

/** What is wrong with an entry. */
function flaws(entry: Entry): readonly string[] {
	const has = (key: string, pattern: RegExp) => {
		const value = entry[key];
		return typeof value === 'string' && pattern.test(value);
	};
	const extensions = entry['extensions'];
	const rules: readonly (readonly [string, boolean])[] = [
		['name', has('name', /^(@[\w-]+\/)?[a-z\d][\w.+-]*$/)],
		['version', has('version', /^\d[\w.+~-]*$/)],
		['registry', has('registry', /^(npm|debian)$/)],
		['language', has('language', /^[a-z]+$/)],
		['licence', has('licence', /^[A-Z\d][\w .-]+$/i)],
		['architecture', entry['registry'] === 'npm' || has('architecture', /^(all|amd64)$/)],
		// Relative: it is joined to the folder that the archive was unpacked in.
		['folder', has('folder', /^(?!\/)(?!.*\.\.)[\w./-]+$/)],
		['extensions', Array.isArray(extensions) && extensions.length > 0],
		['files', Number.isSafeInteger(entry['files']) && Number(entry['files']) > 0],
		['bytes', Number.isSafeInteger(entry['bytes']) && Number(entry['bytes']) > 1000],
		['sha256', has('sha256', /^[\da-f]{64}$/)],
	];
	return rules.filter(([, holds]) => !holds).map(([rule]) => `${String(entry['name'])}: ${rule}`);
}

/** Name of a package as far as the trained list knows it: Debian puts the language in front or behind. */
function plainNames(entry: Entry): readonly string[] {
	const name = String(entry['name']);
	return [name, name.replace(/^(node|libjs)-/, ''), name.replace(/^@[^/]+\//, '')];
}

function isTrained(name: string): boolean {
	return TRAINED.includes(name) || name.startsWith('d3-');
}

describe('held-out packages', () => {
	it('are well formed', () => {
		assert.deepEqual(entries().flatMap(flaws), []);
	});

	it('finds what is wrong with an entry', () => {
		const [entry] = entries();
		assert.ok(entry !== undefined);
		assert.deepEqual(flaws({ ...entry, name: 'x', sha256: 'short', folder: '../up' }), [
			'x: folder',
			'x: sha256',
		]);
	});

	it('are at least twelve, each once', () => {
		const names = entries().map((entry) => entry['name']);
		assert.ok(names.length >= 12, String(names.length));
		assert.equal(new Set(names).size, names.length);
		const archives = entries().map((entry) => entry['sha256']);
		assert.equal(new Set(archives).size, archives.length);
	});

	it('span five languages and three sizes', () => {
		assert.ok(new Set(entries().map((entry) => entry['language'])).size >= 5);
		// Size classes: below 200 kB, below 1 MB, above.
		const classOf = (bytes: number) => (bytes < 200_000 ? 'small' : bytes < 1_000_000 ? 'medium' : 'large');
		assert.equal(new Set(entries().map((entry) => classOf(Number(entry['bytes'])))).size, 3);
	});

	it('were never trained on', () => {
		assert.deepEqual(entries().flatMap(plainNames).filter(isTrained), []);
		assert.ok(isTrained('d3-scale') && isTrained('knex'));
	});

	it('are no dependencies of Familiar', () => {
		const lock: unknown = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
		assert.ok(isRecord(lock) && isRecord(lock['packages']));
		const ours = new Set(Object.keys(lock['packages']).map((key) => key.split('node_modules/').at(-1)));
		assert.ok(ours.has('node-llama-cpp'));
		assert.deepEqual(
			entries().filter((entry) => entry['registry'] === 'npm' && ours.has(String(entry['name']))),
			[],
		);
	});

	it('name no host and no address', () => {
		assert.doesNotMatch(fs.readFileSync(file, 'utf8'), /https?:|\.(com|org|net|io|dev)\b/);
	});
});
