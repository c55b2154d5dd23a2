/** Holds the walls of the house: which file may import what, and how large a file may grow. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { root } from '../support/root';

/**
 * The only files that may import `vscode`: the composition root and at most six faces a room, ten in the base room: it has
 * the status bar, the local API, servers, the doctor and the models view, which are read from disk at different times.
 */
const FACES: readonly string[] = [
	'src/extension.ts',
	'src/completion/provider.ts',
	'src/completion/rival.ts',
	'src/completion/commands.ts',
	'src/completion/nextEditView.ts',
	'src/completion/nextEditStyles.ts',
	'src/completion/editorContext.ts',
	'src/chat/view.ts',
	'src/chat/actions.ts',
	'src/chat/editPage.ts',
	'src/chat/editorContext.ts',
	'src/chat/preview.ts',
	'src/chat/builtInChat.ts',
	'src/inference/status.ts',
	'src/inference/apiCommands.ts',
	'src/inference/modelCommands.ts',
	'src/inference/modelsView.ts',
	// Read from disk when a server is connected or left: what only those two commands need is no part of `modelCommands`.
	'src/inference/serverCommands.ts',
	'src/inference/editorDialogues.ts',
	'src/inference/dataCommand.ts',
	'src/inference/doctor.ts',
	'src/inference/later.ts',
	'src/inference/failureMessage.ts',
	'src/finetune/auditPage.ts',
	'src/finetune/command.ts',
	'src/finetune/panel.ts',
	'src/finetune/adapters.ts',
	'src/finetune/exportCommand.ts',
	'src/finetune/reportPage.ts',
];

/** Packages that exactly one file loads; their types may be known in folders, where any are named. */
const SOLE_IMPORTERS: Readonly<
	Record<string, { readonly file: string; readonly types?: readonly string[] }>
> = {
	'node-llama-cpp': { file: 'src/inference/engine/llama.ts', types: ['src/inference/engine/'] },
	'gpt-tokenizer': { file: 'src/inference/tokens.ts' },
	koffi: { file: 'src/finetune/ggml/ggml.ts' },
	'@vscode/tree-sitter-wasm': {
		file: 'src/inference/syntax/trees.ts',
		types: [
			'src/completion/syntax/',
			'src/chat/retrieval/',
			'src/finetune/judge/',
			'src/finetune/dataset/',
			'src/finetune/instruct/',
		],
	},
};

/** Whether a file may import a package, or only its types. */
function mayImport(file: string, specifier: string, typeOnly: boolean): boolean {
	const name = Object.keys(SOLE_IMPORTERS).find((name) => `${specifier}/`.startsWith(`${name}/`));
	const rule = name === undefined ? undefined : SOLE_IMPORTERS[name];
	const knowsTypes = typeOnly && rule?.types?.some((folder) => file.startsWith(folder)) === true;
	return rule === undefined || rule.file === file || knowsTypes;
}

/** Process entries and the composition root: imported by nobody, free to import several rooms. */
const ENTRIES: readonly string[] = [
	'src/extension.ts',
	'src/inference/host/host.ts',
	'src/chat/check/process.ts',
	'src/completion/syntax/worker.ts',
	'src/chat/retrieval/worker.ts',
	'src/chat/tools/searchWorker.ts',
	'src/finetune/corpus/worker.ts',
	'src/finetune/judge/worker.ts',
	'src/finetune/scaleOut/worker.ts',
	'src/finetune/dataset/worker.ts',
	'src/finetune/instruct/worker.ts',
	'src/finetune/trainer.ts',
	'src/finetune/probe.ts',
];

/** What runs in the host or the trainer process; everything else may run in the editor. */
const NATIVE =
	/^src\/(inference\/(engine|gguf|host)|finetune\/(adapter|architectures|ggml|peft|tape|training))\/|^src\/finetune\/(trainer|probe)\.ts$/;

/** Pure files of a process that the editor uses too. */
const RUNS_ANYWHERE = [
	'src/finetune/peft/modules',
	'src/finetune/training/baseHeader',
	'src/finetune/training/random',
	'src/inference/engine/hermesFormat',
	'src/inference/gguf/adapterKeys',
	'src/inference/gguf/blockReader',
	'src/inference/gguf/fingerprint',
	'src/inference/gguf/gguf',
	'src/inference/host/hostedModel',
];

/** Files over 300 lines say why in their first comment; these words must stand there. */
const LONG_FILE = 300;
const LONG_REASON = /over 300 lines because/i;

/** Pure files that run on both sides of a webview: both validate messages and count code blocks alike. */
const SHARED_WITH_WEBVIEWS = [
	'src/chat/protocol',
	'src/chat/shapes',
	'src/chat/stepTitle',
	'src/chat/context/messages',
	'src/chat/context/places',
	'src/chat/context/syntax',
	'src/chat/conversations/protocol',
	'src/chat/fences',
	'src/chat/thinking',
	'src/finetune/audit/protocol',
	'src/finetune/panel/protocol',
	'src/finetune/report/protocol',
	'src/completion/statistics/protocol',
	'src/inference/invisible',
	'src/inference/record',
];

const ROOMS = ['completion', 'chat', 'finetune'];

interface SourceFile {
	/** Path from the root, with `/`. */
	readonly path: string;
	readonly text: string;
	readonly imports: readonly { readonly specifier: string; readonly typeOnly: boolean }[];
}

function sourceFiles(folder: string): SourceFile[] {
	return fs
		.readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => {
			const file = `${folder}/${name.replaceAll('\\', '/')}`;
			const text = fs.readFileSync(path.join(root, file), 'utf8');
			return { path: file, text, imports: importsOf(text) };
		})
		.sort((one, other) => one.path.localeCompare(other.path));
}

function importsOf(text: string): SourceFile['imports'] {
	const found: { specifier: string; typeOnly: boolean }[] = [];
	const code = text.replace(/^\s*(\/\*[\s\S]*?\*\/|\/\/.*)$/gm, '');
	for (const match of code.matchAll(/^(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'/gm)) {
		found.push({ specifier: match[2] ?? '', typeOnly: match[1] !== undefined });
	}
	for (const match of code.matchAll(/^import\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm)) {
		found.push({ specifier: match[1] ?? match[2] ?? '', typeOnly: false });
	}
	return found;
}

/** Path of the imported file from the root without extension, or undefined for a package. */
function target(file: SourceFile, specifier: string): string | undefined {
	return specifier.startsWith('.')
		? path.posix.normalize(path.posix.join(path.posix.dirname(file.path), specifier))
		: undefined;
}

function roomOf(file: string): string | undefined {
	return /^src\/(\w+)\//.exec(file)?.[1];
}

function check(name: string, offences: (file: SourceFile) => readonly string[], folders = ['src', 'media']) {
	it(name, () => {
		const found = folders
			.flatMap(sourceFiles)
			.flatMap((file) => offences(file).map((offence) => `${file.path}: ${offence}`));
		assert.deepEqual(found, []);
	});
}

describe('layers', () => {
	it('reads the imports of a file', () => {
		assert.deepEqual(
			importsOf(
				"import * as a from 'x';\nimport type {\n\tB,\n} from './y';\nimport { type C } from 'w';\nawait import('z');\n// import 'no'\n",
			),
			[
				{ specifier: 'x', typeOnly: false },
				{ specifier: './y', typeOnly: true },
				// What is left of it still loads the module.
				{ specifier: 'w', typeOnly: false },
				{ specifier: 'z', typeOnly: false },
			],
		);
	});

	check('only faces import vscode', (file) =>
		FACES.includes(file.path)
			? []
			: file.imports.filter((one) => one.specifier === 'vscode').map(() => 'imports vscode'),
	);

	it('a room has at most six faces, the base room ten, and each exists', () => {
		for (const room of [...ROOMS, 'inference']) {
			const most = room === 'inference' ? 10 : 6;
			assert.ok(FACES.filter((face) => roomOf(face) === room).length <= most, room);
		}
		assert.deepEqual(
			FACES.filter((face) => !fs.existsSync(path.join(root, face))),
			[],
		);
	});

	check('rooms depend on inference and the manifest only', (file) => {
		const room = roomOf(file.path);
		if (room === undefined || ENTRIES.includes(file.path)) {
			return [];
		}
		const allowed = [room, 'inference'];
		return file.imports
			.map((one) => target(file, one.specifier))
			.filter((other) => other !== undefined)
			.filter((other) => other !== 'src/manifest' && !allowed.includes(roomOf(other) ?? ''))
			.map((other) => `imports ${other}`);
	});

	check('webview scripts import only types and the few pure files that both sides run', (file) =>
		file.path.startsWith('media/')
			? file.imports
					.filter((one) => !one.typeOnly && target(file, one.specifier)?.startsWith('src/') === true)
					.filter((one) => !SHARED_WITH_WEBVIEWS.includes(target(file, one.specifier) ?? ''))
					.map((one) => `imports ${one.specifier} at run time`)
			: [],
	);

	check('what runs in the editor knows the engine, the GGUF checks and the trainer by type only', (file) =>
		NATIVE.test(file.path)
			? []
			: file.imports
					.filter((one) => !one.typeOnly)
					.map((one) => target(file, one.specifier) ?? '')
					.filter((other) => NATIVE.test(`${other}.ts`) && !RUNS_ANYWHERE.includes(other))
					.map((other) => `imports ${other} at run time`),
	);

	check('packages that one file loads', (file) =>
		file.imports
			.filter(({ specifier, typeOnly }) => !mayImport(file.path, specifier, typeOnly))
			.map(({ specifier, typeOnly }) => `imports ${specifier}${typeOnly ? ' by type' : ''}`),
	);

	it('allows the types of such a package in its folder only', () => {
		const allowed = [
			['src/inference/engine/llama.ts', false],
			['src/inference/engine/slots.ts', false],
			['src/inference/engine/slots.ts', true],
			['src/inference/host/host.ts', true],
		] as const;
		assert.deepEqual(
			allowed.map(([file, typeOnly]) => mayImport(file, 'node-llama-cpp', typeOnly)),
			[true, false, true, false],
		);
		assert.equal(mayImport('src/inference/clip.ts', 'gpt-tokenizer/model/gpt-4o', true), false);
	});

	check('nobody imports an entry', (file) =>
		file.imports
			.map((one) => `${target(file, one.specifier)}.ts`)
			.filter((other) => ENTRIES.includes(other))
			.map((other) => `imports ${other}`),
	);

	check('no default exports, no any, no switched-off types', (file) =>
		[
			...file.text.matchAll(/export default|:\s*any\b|<any>|\bas any\b|@ts-(ignore|nocheck)|biome-ignore/g),
		].map((match) => match[0]),
	);

	check('no cast but `as const`', (file) =>
		file.text
			.split('\n')
			.filter((line) => !/^\s*(\*|\/\/|\/\*)|^import|^export \* as/.test(line))
			.filter((line) => /[\w)\]}] as (?!const\b)[A-Z{[(\w]/.test(line.replace(/'[^']*'|`[^`]*`/g, "''")))
			.map((line) => line.trim()),
	);

	check(
		'every file opens with its one reason to exist',
		(file) => (/^(#!.*\n)?(\/\*\*(\n \*)?|\/\/) ?\S/.test(file.text) ? [] : ['no first comment']),
		['src', 'media', 'test/unit', 'test/support'],
	);

	check('files stay small', (file) => {
		const lines = file.text.split('\n').length - 1;
		const first = file.text.slice(0, file.text.indexOf('*/'));
		return lines > LONG_FILE && !LONG_REASON.test(first) ? [`${lines} lines`] : [];
	});

	it('half of the files have at most 150 lines', () => {
		const lengths = sourceFiles('src')
			.map((file) => file.text.split('\n').length - 1)
			.sort((one, other) => one - other);
		assert.ok((lengths[Math.floor(lengths.length / 2)] ?? 0) <= 150, `median of ${lengths.join(' ')}`);
	});
});
