/** Ties package.json and manifest.ts together, both ways. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { OFFERS } from '../../src/chat/tools/toolbox';
import {
	commands,
	contextKeys,
	modelVendor,
	participant,
	readSettings,
	settings,
	tools,
	views,
} from '../../src/manifest';
import { root } from '../support/root';

interface Property {
	readonly type: string;
	readonly default: unknown;
	readonly scope?: string;
	readonly enum?: readonly unknown[];
	readonly minimum?: number;
	readonly maximum?: number;
}

interface Manifest {
	readonly activationEvents: readonly string[];
	readonly capabilities: {
		readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
	};
	readonly contributes: {
		readonly commands: readonly { readonly command: string; readonly category: string }[];
		readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
		readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
		readonly chatParticipants: readonly {
			readonly id: string;
			readonly name: string;
			readonly commands: readonly { readonly name: string }[];
		}[];
		readonly languageModelChatProviders: readonly { readonly vendor: string }[];
		readonly languageModelTools: readonly {
			readonly name: string;
			readonly modelDescription: string;
			readonly inputSchema: unknown;
			readonly toolReferenceName: string;
		}[];
		readonly configuration: readonly { readonly properties: Readonly<Record<string, Property>> }[];
	};
	readonly engines: { readonly vscode: string };
	readonly devDependencies: Readonly<Record<string, string>>;
}

const text = fs.readFileSync(path.join(root, 'package.json'), 'utf8');
const manifest: Manifest = JSON.parse(text);
const texts: Readonly<Record<string, string>> = JSON.parse(
	fs.readFileSync(path.join(root, 'package.nls.json'), 'utf8'),
);
const properties = Object.assign(
	{},
	...manifest.contributes.configuration.map((section) => section.properties),
) as Readonly<Record<string, Property>>;

describe('manifest', () => {
	it('has the same commands on both sides', () => {
		assert.deepEqual(
			manifest.contributes.commands.map((command) => command.command).sort(),
			Object.values(commands).sort(),
		);
	});

	it('registers a handler for every command', () => {
		const sources = fs
			.readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
			.filter((file) => file.endsWith('.ts'))
			.map((file) => fs.readFileSync(path.join(root, 'src', file), 'utf8'))
			.join('\n');
		for (const name of Object.keys(commands)) {
			assert.match(
				sources,
				new RegExp(`(?:registerCommand|register|command)\\(\\s*commands\\.${name}\\b`),
				name,
			);
		}
	});

	it('names only known commands in menus', () => {
		const known: readonly string[] = Object.values(commands);
		for (const [menu, items] of Object.entries(manifest.contributes.menus)) {
			for (const item of items) {
				assert.ok(known.includes(item.command), `${menu}: ${item.command}`);
			}
		}
	});

	it('has the same settings, defaults and scopes on both sides', () => {
		assert.deepEqual(
			Object.keys(properties).sort(),
			Object.values(settings)
				.map((setting) => setting.key)
				.sort(),
		);
		for (const setting of Object.values(settings)) {
			const property = properties[setting.key];
			assert.deepEqual(property?.default, setting.default, setting.key);
			assert.equal(property?.scope ?? 'window', setting.scope, setting.key);
		}
	});

	it('restricts the same settings in Restricted Mode', () => {
		assert.deepEqual(
			[...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort(),
			Object.values(settings)
				.filter((setting) => setting.restricted)
				.map((setting) => setting.key)
				.sort(),
		);
	});

	it('has the same views on both sides', () => {
		assert.deepEqual(
			manifest.contributes.views[views.container]?.map((view) => view.id),
			[views.chat, views.models],
		);
	});

	it('has the same participant with the same commands on both sides', () => {
		assert.deepEqual(
			manifest.contributes.chatParticipants.map(({ id, name, commands: ofIt }) => ({
				id,
				name,
				commands: ofIt.map((command) => command.name),
			})),
			[participant],
		);
	});

	it('has the same vendor of models on both sides', () => {
		assert.deepEqual(
			manifest.contributes.languageModelChatProviders.map(({ vendor }) => vendor),
			[modelVendor],
		);
	});

	it('has the same tools on both sides, in the words and with the arguments that our own model is told', () => {
		const offered = manifest.contributes.languageModelTools;
		assert.deepEqual(
			OFFERS.map(({ name }) => name),
			tools.names,
		);
		assert.deepEqual(
			offered.map(({ name, modelDescription, inputSchema }) => [name, modelDescription, inputSchema]),
			OFFERS.map(({ name, description, parameters }) => [`${tools.prefix}${name}`, description, parameters]),
		);
		assert.equal(new Set(offered.map(({ toolReferenceName }) => toolReferenceName)).size, offered.length);
	});

	it('uses only known context keys of its own', () => {
		const known: readonly string[] = [...Object.values(contextKeys), views.chat, views.models];
		for (const items of Object.values(manifest.contributes.menus)) {
			for (const item of items) {
				for (const key of item.when?.match(/familiar(?:\.\w+)+/g) ?? []) {
					assert.ok(known.includes(key), key);
				}
			}
		}
	});

	it('has a text for every placeholder, and a placeholder for every text', () => {
		const used = [...text.matchAll(/"%([^%"]+)%"/g)].map((match) => match[1] ?? '');
		assert.deepEqual([...new Set(used)].sort(), Object.keys(texts).sort());
	});

	it('type-checks against the oldest editor it says it runs in', () => {
		assert.equal(`^${manifest.devDependencies['@types/vscode']}`, manifest.engines.vscode);
	});

	it('activates after start-up only', () => {
		assert.deepEqual(manifest.activationEvents, ['onStartupFinished']);
	});
});

describe('readSettings', () => {
	function check(values: Readonly<Record<string, unknown>>) {
		return readSettings((key) => values[key]);
	}

	it('gives the defaults of package.json where nothing is set', () => {
		const fromManifest = readSettings((key) => properties[key]?.default);
		assert.deepEqual(check({}), fromManifest);
	});

	it('takes numbers to their bounds, which are those of package.json', () => {
		for (const setting of [
			settings.completionDebounce,
			settings.completionMaxTokens,
			settings.chatMaxTokens,
			settings.chatToolSteps,
			settings.fineTuneMinutes,
			settings.fineTuneRank,
			settings.fineTuneLearningRate,
			settings.fineTuneSequenceLength,
		]) {
			const property = properties[setting.key];
			const value = (found: ReturnType<typeof check>) =>
				({
					[settings.completionDebounce.key]: found.completion.debounce,
					[settings.completionMaxTokens.key]: found.completion.maxTokens,
					[settings.chatMaxTokens.key]: found.chat.maxTokens,
					[settings.chatToolSteps.key]: found.chat.toolSteps,
					[settings.fineTuneMinutes.key]: found.fineTune.minutes,
					[settings.fineTuneRank.key]: found.fineTune.rank,
					[settings.fineTuneLearningRate.key]: found.fineTune.learningRate,
					[settings.fineTuneSequenceLength.key]: found.fineTune.sequenceLength,
				})[setting.key];
			assert.equal(value(check({ [setting.key]: -1e9 })), property?.minimum, setting.key);
			assert.equal(value(check({ [setting.key]: 1e9 })), property?.maximum, setting.key);
		}
	});

	it('replaces a value of the wrong type by the default', () => {
		const found = check({
			[settings.modelPath.key]: 7,
			[settings.backend.key]: 'quantum',
			[settings.completionEnabled.key]: 'yes',
			[settings.completionDebounce.key]: Number.NaN,
			[settings.completionLanguages.key]: { python: false, go: 'no' },
		});
		assert.equal(found.modelPath, '');
		assert.equal(found.backend, 'auto');
		assert.equal(found.completion.enabled, true);
		assert.equal(found.completion.debounce, settings.completionDebounce.default);
		assert.equal(found.completion.languages['python'], false);
		assert.equal(found.completion.languages['go'], undefined);
	});

	it('takes the globs of `familiar.exclude` as an object and as a list, and in doubt obeys', () => {
		const globs = (value: unknown) => check({ [settings.exclude.key]: value }).exclude;
		assert.deepEqual(globs({ '*.sql': true, '*.csv': false, '*.xml': { when: 'x' }, ' ': true }), [
			'*.sql',
			'*.xml',
		]);
		assert.deepEqual(globs(['*.sql', 7, '']), ['*.sql']);
		assert.deepEqual(['*.sql', '', undefined, null, 7].map(globs), [['*.sql'], [], [], [], []]);
	});

	it('knows the backends of package.json', () => {
		for (const backend of properties[settings.backend.key]?.enum ?? []) {
			assert.equal(check({ [settings.backend.key]: backend }).backend, backend);
		}
	});

	it('knows the modes of the next edit, and asks the model for none by default', () => {
		const { key } = settings.completionNextEdit;
		const modes = properties[key]?.enum ?? [];
		assert.deepEqual(modes, ['off', 'rules', 'model']);
		for (const mode of modes) {
			assert.equal(check({ [key]: mode }).nextEdit, mode);
		}
		assert.equal(check({}).nextEdit, 'rules');
	});
});
