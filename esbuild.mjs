// Builds dist/ (extension, model host, webviews) and, with --tests, out/ (each test file as one ESM bundle).
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = path.dirname(fileURLToPath(import.meta.url));
const watch = process.argv.includes('--watch');
const tests = process.argv.includes('--tests');
const production = process.argv.includes('--production');

/** Lets CommonJS packages that are bundled into an ES module call `require` on Node's own modules. */
const requireInModules = {
	js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
};

/** tree-sitter's runtime looks for itself: bundled into an ES module, as in the tests, it needs a name for that. */
const fileNameInModules = {
	define: { __filename: '__moduleFile' },
	banner: {
		js: `${requireInModules.js} import { fileURLToPath as __fileURLToPath } from 'node:url'; const __moduleFile = __fileURLToPath(import.meta.url);`,
	},
};

/** Native or never bundled: they find their files next to themselves. */
const external = ['vscode', 'node-llama-cpp', 'koffi'];

/** @type {esbuild.BuildOptions} */
const common = {
	absWorkingDir: root,
	bundle: true,
	sourcemap: production ? false : 'linked',
	minify: production,
	legalComments: 'none',
	logLevel: 'warning',
	// Templates of what is exported (src/finetune/scaleOut/templates).
	loader: { '.py': 'text', '.sh': 'text', '.sbatch': 'text', '.yaml': 'text', '.txt': 'text', '.md': 'text' },
};
/** @type {esbuild.BuildOptions} */
const node = { ...common, platform: 'node', target: 'node20', external };

/**
 * The tokeniser's tables are 1 MB of source. esbuild would put them into the CommonJS bundle even for a dynamic import, and
 * every start of the editor would parse them; as a file of their own they are read when first needed.
 */
const tokenizerApart = {
	name: 'tokenizer-apart',
	setup(build) {
		build.onResolve({ filter: /^gpt-tokenizer\// }, () => ({ path: './tokenizer.js', external: true }));
	},
};

/**
 * The connection to the model host is a fifth of what a start of the editor would parse, and nobody needs it before the
 * host process runs. So it is a file of its own too, and each name of it loads that file when it is first used.
 */
const connectionApart = {
	name: 'connection-apart',
	setup(build) {
		const names = Object.keys(createRequire(import.meta.url)('vscode-jsonrpc/node'));
		const later = (name) =>
			`Object.defineProperty(exports, '${name}', { enumerable: true, get: () => require('./jsonrpc.js').${name} });`;
		build.onResolve({ filter: /^vscode-jsonrpc\/node$/ }, ({ path: name }) => ({
			path: name,
			namespace: 'connection',
		}));
		build.onResolve({ filter: /^\.\/jsonrpc\.js$/, namespace: 'connection' }, ({ path: file }) => ({
			path: file,
			external: true,
		}));
		build.onLoad({ filter: /.*/, namespace: 'connection' }, () => ({
			contents: names.map(later).join('\n'),
		}));
	},
};

/** The rules of ignore files: nobody needs them before the first file is looked at. */
const ignoreApart = {
	name: 'ignore-apart',
	setup(build) {
		build.onResolve({ filter: /^ignore$/ }, ({ path: name }) => ({ path: name, namespace: 'ignore' }));
		build.onResolve({ filter: /^\.\/ignore\.js$/, namespace: 'ignore' }, ({ path: file }) => ({
			path: file,
			external: true,
		}));
		build.onLoad({ filter: /.*/, namespace: 'ignore' }, () => ({
			contents: `
				const later = (options) => require('./ignore.js')(options);
				later.isPathValid = (path) => require('./ignore.js').isPathValid(path);
				export default later;`,
		}));
	},
};

/** What a command alone needs: the source imports it with `import()`, and it is a file of its own, read at that time. */
const onDemand = {
	acceleration: 'src/inference/acceleration/openAcceleration.ts',
	api: 'src/inference/apiCommands.ts',
	builtIn: 'src/chat/builtIn/service.ts',
	diagnostics: 'src/inference/diagnostics.ts',
	doctor: 'src/inference/doctor/checkup.ts',
	doctorCommand: 'src/inference/doctor.ts',
	editorActions: 'src/chat/editorActions.ts',
	editorContext: 'src/chat/editorContext.ts',
	editorDialogues: 'src/inference/editorDialogues.ts',
	models: 'src/inference/models/openShop.ts',
	modelsView: 'src/inference/modelsView.ts',
	nextEdit: 'src/completion/nextEdit/find.ts',
	nextEditWriter: 'src/completion/nextEdit/writer.ts',
	pageContents: 'src/completion/pageContents.ts',
	remote: 'src/inference/remote/open.ts',
	serverCommands: 'src/inference/serverCommands.ts',
	statusMenu: 'src/inference/statusMenu.ts',
	supervisor: 'src/inference/client/supervisor.ts',
	toolbox: 'src/chat/tools/toolbox.ts',
	workshop: 'src/finetune/workshop.ts',
};
const onDemandApart = {
	name: 'on-demand-apart',
	setup(build) {
		build.onResolve({ filter: /^\./ }, ({ path: specifier, kind, resolveDir }) => {
			if (kind !== 'dynamic-import') {
				return undefined;
			}
			const source = path.relative(root, path.join(resolveDir, `${specifier}.ts`)).replaceAll('\\', '/');
			const name = Object.keys(onDemand).find((one) => onDemand[one] === source);
			return name === undefined
				? { errors: [{ text: `${source} has no file of its own: name it in esbuild.mjs` }] }
				: { path: `./${name}.js`, external: true };
		});
	},
};

/** secretlint's preset carries a library for key files in PKCS #12 (285 KB), which it loads for binary files alone. */
const withoutKeyFiles = {
	name: 'without-key-files',
	setup(build) {
		build.onResolve({ filter: /^\.\/index-\w+\.js$/ }, ({ importer, kind }) =>
			kind === 'dynamic-import' && /secretlint-rule-preset-recommend[\\/]/.test(importer)
				? { path: 'key-files', namespace: 'left-out' }
				: undefined,
		);
		build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'export const i = {};' }));
	},
};

/** As in src/inference/syntax/languages.ts. */
const grammars = 'typescript tsx javascript python java go rust cpp c-sharp php ruby'.split(' ');

/** @type {esbuild.BuildOptions[]} */
const product = [
	{
		...node,
		format: 'cjs',
		entryPoints: { extension: 'src/extension.ts', ...onDemand },
		outdir: 'dist',
		plugins: [tokenizerApart, connectionApart, ignoreApart, onDemandApart],
		// import() of a file in the extension host goes through the editor's hooks; require() does not need them.
		supported: { 'dynamic-import': false },
	},
	{
		...node,
		format: 'cjs',
		entryPoints: { ignore: 'ignore', jsonrpc: 'vscode-jsonrpc/node' },
		outdir: 'dist',
	},
	{
		...node,
		format: 'cjs',
		entryPoints: {
			corpusWorker: 'src/finetune/corpus/worker.ts',
			scaleOutWorker: 'src/finetune/scaleOut/worker.ts',
		},
		outdir: 'dist',
		plugins: [tokenizerApart, withoutKeyFiles],
		// The tokeniser beside it is CommonJS.
		supported: { 'dynamic-import': false },
	},
	{
		...node,
		format: 'cjs',
		// Their own import() stays one, as in the syntax worker.
		entryPoints: {
			instructWorker: 'src/finetune/instruct/worker.ts',
			judgeWorker: 'src/finetune/judge/worker.ts',
		},
		outdir: 'dist',
		plugins: [tokenizerApart, withoutKeyFiles],
	},
	{
		...node,
		format: 'cjs',
		entryPoints: {
			retrievalWorker: 'src/chat/retrieval/worker.ts',
			originWorker: 'src/chat/origin/worker.ts',
			searchWorker: 'src/chat/tools/searchWorker.ts',
		},
		outdir: 'dist',
	},
	{
		...node,
		format: 'cjs',
		// Their import() stays one: tree-sitter's runtime calls what it makes of it `require`.
		entryPoints: {
			syntaxWorker: 'src/completion/syntax/worker.ts',
			sampleWorker: 'src/finetune/dataset/worker.ts',
		},
		outdir: 'dist',
	},
	{
		...common,
		sourcemap: false,
		entryPoints: Object.fromEntries(
			['', ...grammars].map((grammar) => {
				const name = grammar === '' ? 'tree-sitter' : `tree-sitter-${grammar}`;
				return [name, `node_modules/@vscode/tree-sitter-wasm/wasm/${name}.wasm`];
			}),
		),
		loader: { '.wasm': 'copy' },
		outdir: 'dist',
	},
	{
		...common,
		sourcemap: false,
		entryPoints: {
			general: 'src/finetune/judge/general.txt',
			generalChats: 'src/finetune/judge/chat/generalChats.txt',
		},
		loader: { '.txt': 'copy' },
		outdir: 'dist',
	},
	{
		...node,
		format: 'cjs',
		sourcemap: false,
		entryPoints: ['gpt-tokenizer/encoding/cl100k_base'],
		outfile: 'dist/tokenizer.js',
	},
	{
		...node,
		format: 'esm',
		entryPoints: {
			checker: 'src/chat/check/process.ts',
			host: 'src/inference/host/host.ts',
			trainer: 'src/finetune/trainer.ts',
			probe: 'src/finetune/probe.ts',
		},
		outdir: 'dist',
		outExtension: { '.js': '.mjs' },
		banner: requireInModules,
	},
	{
		...common,
		platform: 'browser',
		target: 'es2022',
		format: 'iife',
		entryPoints: {
			chat: 'media/chat.ts',
			'chat-style': 'media/chat.css',
			audit: 'media/audit.ts',
			'audit-style': 'media/audit.css',
			finetune: 'media/finetune.ts',
			'finetune-style': 'media/finetune.css',
			report: 'media/report.ts',
			'report-style': 'media/report.css',
			statistics: 'media/statistics.ts',
			'statistics-style': 'media/statistics.css',
		},
		outdir: 'dist/media',
	},
];

/** Files below `folder` whose name matches. */
function find(folder, pattern) {
	if (!fs.existsSync(path.join(root, folder))) {
		return [];
	}
	return fs
		.readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && pattern.test(entry.name))
		.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
		.filter((file) => !file.includes('node_modules'))
		.sort();
}

function testBuilds() {
	const editor = find('test/integration/suite', /\.ts$/);
	const plain = [
		...['unit', 'model', 'faults', 'bench', 'support', 'ui', 'slow', 'remote'].flatMap((folder) =>
			find(`test/${folder}`, /\.(test|bench|entry)\.ts$/),
		),
		...find('models/recipe', /\.entry\.ts$/),
	];
	/** @type {esbuild.BuildOptions[]} */
	const builds = [];
	if (plain.length > 0) {
		builds.push({
			...node,
			sourcemap: 'inline',
			minify: false,
			format: 'esm',
			entryPoints: plain,
			outbase: root,
			outdir: 'out',
			outExtension: { '.js': '.mjs' },
			external: [...external, 'mocha', 'playwright-core', 'esbuild', 'jsdom'],
			// There is no editor around them.
			alias: { vscode: './test/support/fakeVscode.ts' },
			...fileNameInModules,
		});
	}
	if (editor.length > 0) {
		// Loaded by the extension host with require().
		builds.push({
			...node,
			sourcemap: 'inline',
			minify: false,
			format: 'cjs',
			entryPoints: editor,
			outbase: root,
			outdir: 'out',
			external: [...external, 'mocha'],
		});
	}
	return builds;
}

/** What no build has written: a deleted source must not live on in the output. */
function removeOthers(folder, written) {
	for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
		const name = `${folder}/${entry.name}`;
		if (entry.isDirectory() && written.some((file) => file.startsWith(`${name}/`))) {
			removeOthers(name, written);
		} else if (!written.includes(name)) {
			fs.rmSync(path.join(root, name), { recursive: true });
		}
	}
}

const builds = [...product, ...(tests ? testBuilds() : [])];
// In the checkout both .mjs entries find their packages in the root; the VSIX has its own dist/node_modules.
if (watch) {
	for (const options of builds) {
		await (await esbuild.context(options)).watch();
	}
	console.log('watching');
} else {
	const built = await Promise.all(builds.map((options) => esbuild.build({ ...options, metafile: true })));
	const written = built.flatMap(({ metafile }) => Object.keys(metafile.outputs));
	// At the end: a window of a test may be starting, and would find nothing in an empty folder.
	for (const folder of ['dist', ...(tests ? ['out/test'] : [])]) {
		removeOthers(folder, written);
	}
}
