/** The VSIX has what runs, and nothing else. */
import assert from 'node:assert/strict';
import { platformPackages } from '../../scripts/closure.mjs';
import { LARGEST, packageExtension, thisTarget } from '../../scripts/package.mjs';
import { listZip } from '../../scripts/zip.mjs';

/** Everything that may be at the top. Below dist/node_modules other rules hold. */
const ALLOWED = [
	/^\[Content_Types\]\.xml$/,
	/^extension\.vsixmanifest$/,
	/^extension\/(package\.json|package\.nls(\.[\w-]+)?\.json|readme\.md|changelog\.md|LICENSE\.txt)$/,
	/^extension\/THIRD-PARTY-NOTICES\.txt$/,
	/^extension\/l10n\/bundle\.l10n(\.[\w-]+)?\.json$/,
	/^extension\/dist\/[\w-]+\.(js|mjs|wasm)$/,
	/^extension\/dist\/general(Chats)?\.txt$/,
	/^extension\/dist\/media\/[\w-]+\.(js|css)$/,
	/^extension\/dist\/node_modules\/(@[\w.-]+\/)?[\w.-]+\/./,
	/^extension\/media\/[\w./-]+\.(png|svg|md)$/,
	/^extension\/models\/starter\.gguf$/,
];

const FORBIDDEN = [
	/\.map$/,
	/\.d\.[cm]?ts$/,
	/\.ts$/,
	/\/\.bin\//,
	/\.bundle$/,
	/\/llama\/(addon|cmake|toolchains|profiles|xpack)\//,
	/node-llama-cpp\/templates\//,
	/node_modules\/(cmake-js|yargs|node-addon-api|node-api-headers)\//,
	/node_modules\/koffi\/(doc|lib|vendor|cnoke\.cjs)/,
	/\.(cc|hh|asm|S|inc|def)$/,
	/@koromix\/[\w-]+\/musl_/,
	/media\/screenshots\//,
	/\/\.env/,
];

/** Bytes of the bundle that every start of the editor parses: a millisecond for each 30,000. */
const LARGEST_START = 316_000;

describe('VSIX', () => {
	let entries;

	before(async () => {
		entries = listZip(await packageExtension({ reuse: true }));
	});

	it('has only what is allowed', () => {
		const odd = entries.filter(({ name }) => !ALLOWED.some((pattern) => pattern.test(name)));
		assert.deepEqual(odd, []);
	});

	it('has no sources, tests, maps or build tools', () => {
		const bad = entries.filter(({ name }) => FORBIDDEN.some((pattern) => pattern.test(name)));
		assert.deepEqual(bad, []);
	});

	it('has the parts that run', () => {
		const names = new Set(entries.map(({ name }) => name));
		for (const name of [
			'dist/extension.js',
			'dist/host.mjs',
			'dist/checker.mjs',
			'dist/trainer.mjs',
			'dist/syntaxWorker.js',
			'dist/originWorker.js',
			'dist/searchWorker.js',
			'dist/toolbox.js',
			'dist/retrievalWorker.js',
			'dist/scaleOutWorker.js',
			'dist/tree-sitter.wasm',
			'dist/tree-sitter-typescript.wasm',
			'dist/probe.mjs',
			'dist/jsonrpc.js',
			'dist/ignore.js',
			'dist/api.js',
			'dist/builtIn.js',
			'dist/doctor.js',
			'dist/workshop.js',
			'dist/judgeWorker.js',
			'dist/general.txt',
			'dist/generalChats.txt',
			'dist/sampleWorker.js',
			'dist/editorActions.js',
			'dist/acceleration.js',
			'dist/models.js',
			'dist/modelsView.js',
			'dist/pageContents.js',
			'dist/corpusWorker.js',
			'dist/tokenizer.js',
			'dist/media/chat.js',
			'dist/media/audit.js',
			'dist/media/audit-style.css',
			'dist/node_modules/node-llama-cpp/dist/index.js',
			'dist/node_modules/koffi/index.js',
			'dist/node_modules/koffi/LICENSE.txt',
			'models/starter.gguf',
			'media/icon.png',
			'media/walkthrough/model-dark.png',
			'package.nls.json',
			'l10n/bundle.l10n.json',
			'THIRD-PARTY-NOTICES.txt',
		]) {
			assert.ok(names.has(`extension/${name}`), name);
		}
	});

	it("has koffi's native part for its own platform alone", () => {
		const natives = entries.map(({ name }) => name).filter((name) => name.endsWith('/koffi.node'));
		const packages = new Set(natives.map((name) => /@koromix\/([\w-]+)\//.exec(name)?.[1]));
		assert.deepEqual([...packages], [platformPackages[thisTarget()].koffi]);
	});

	it('starts with a small file: what a command needs is read when it is called', () => {
		const size = entries.find(({ name }) => name === 'extension/dist/extension.js')?.size;
		assert.ok(size < LARGEST_START, `${size} bytes`);
	});

	it('is not larger than somebody may be asked to wait for', () => {
		const bytes = entries.reduce((sum, { packed }) => sum + packed, 0);
		assert.ok(bytes < LARGEST, `${bytes} bytes`);
	});
});
