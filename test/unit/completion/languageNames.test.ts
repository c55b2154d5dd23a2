/** Languages are called what their extensions call them. */
import * as assert from 'node:assert/strict';
import { LanguageNames } from '../../../src/completion/languageNames';

const manifests = [
	undefined,
	{ contributes: null },
	{ contributes: { languages: 'none' } },
	{ contributes: { languages: [{ id: 'typescriptreact', extensions: ['.tsx'] }, null, 7] } },
	{
		contributes: {
			languages: [
				{ id: 'typescript', aliases: ['TypeScript', 'ts'] },
				{ id: 'typescriptreact', aliases: ['TypeScript JSX', 'tsx'] },
				{ id: 'odd', aliases: [''] },
			],
		},
	},
	{ contributes: { languages: [{ id: 'typescript', aliases: ['Another'] }] } },
];

describe('completion/languageNames', () => {
	const names = new LanguageNames(() => manifests);

	it('is the first name that an extension gives', () => {
		assert.equal(names.of('typescript'), 'TypeScript');
		assert.equal(names.of('typescriptreact'), 'TypeScript JSX');
	});

	it('is the identifier where none does', () => {
		assert.equal(names.of('odd'), 'odd');
		assert.equal(names.of('cobol'), 'cobol');
	});

	it('are looked for once', () => {
		let reads = 0;
		const counted = new LanguageNames(() => {
			reads++;
			return manifests;
		});
		assert.deepEqual(
			['typescript', 'typescript', 'cobol', 'cobol'].map((id) => counted.of(id)),
			['TypeScript', 'TypeScript', 'cobol', 'cobol'],
		);
		assert.equal(reads, 2);
	});
});
