/** The doctor's report: what is wrong first, what can be clicked, and nothing that names its user. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { english } from '../../../../src/finetune/job/english';
import {
	advice,
	attention,
	commandHelps,
	helpsOf,
	ok,
	setting,
	wrong,
} from '../../../../src/inference/doctor/check';
import { report } from '../../../../src/inference/doctor/report';
import { REMEDIES } from '../../../../src/inference/model';
import { commands, settings } from '../../../../src/manifest';
import { root } from '../../../support/root';

const facts = { homeFolder: '/home/somebody', translate: english };
const help = commandHelps(english);

describe('doctor: report', () => {
	it('counts, and puts what is wrong first', () => {
		const { text } = report(
			[
				ok('Editor', 'fine'),
				attention('Memory', 'little', advice('Close other programs.')),
				wrong('Model', 'no such file', help.selectModel, setting(settings.modelPath)),
			],
			facts,
		);
		assert.deepEqual(text.split('\n'), [
			'# Familiar: doctor',
			'',
			'1 wrong, 1 to look at, 1 ok.',
			'',
			'- wrong: **Model**: no such file What helps: **Familiar: Select Model…**, `familiar.model.path`',
			'- attention: **Memory**: little What helps: Close other programs.',
			'- ok: **Editor**: fine',
			'',
		]);
	});

	it('keeps one line a check, and hides the home folder', () => {
		const { text } = report([wrong('Disk', '/home/somebody/.config\n\tis full')], facts);
		assert.ok(text.includes('- wrong: **Disk**: ~/.config is full\n'), text);
		assert.ok(!text.includes('somebody'));
	});

	it('links every command and setting that helps, once', () => {
		const { text, links } = report(
			[
				wrong('Model', 'missing', help.selectModel, setting(settings.modelPath)),
				wrong('File', 'missing', help.selectModel),
			],
			facts,
		);
		assert.deepEqual(links, [
			{ text: '**Familiar: Select Model…**', command: commands.selectModel, argument: undefined },
			{
				text: '`familiar.model.path`',
				command: 'workbench.action.openSettings',
				argument: 'familiar.model.path',
			},
		]);
		for (const link of links) {
			assert.ok(text.includes(link.text), link.text);
		}
	});

	it('calls commands what the command palette calls them', () => {
		const manifest: {
			readonly contributes: {
				readonly commands: readonly { readonly command: string; readonly title: string }[];
			};
		} = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
		const titles: Readonly<Record<string, string>> = JSON.parse(
			fs.readFileSync(path.join(root, 'package.nls.json'), 'utf8'),
		);
		for (const one of Object.values(help)) {
			if (one.type === 'command' && one.command.startsWith('familiar.')) {
				const known = manifest.contributes.commands.find(({ command }) => command === one.command);
				const title = titles[(known?.title ?? '').replaceAll('%', '')];
				assert.equal(one.title, `Familiar: ${title}`);
			}
		}
	});

	it('has something for every remedy', () => {
		assert.equal(new Set(helpsOf(REMEDIES, english)).size, REMEDIES.length);
	});
});
