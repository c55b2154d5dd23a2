/** Cuts lie where constructs begin and end, in all languages by the same rule. */
import * as assert from 'node:assert/strict';
import { firstBeginning, lastEnding } from '../../../src/inference/boundaries';

/** `█`: where the text is cut within `reach` characters; it stands at the start of the line that begins then. */
const BEGINNINGS: readonly [name: string, text: string, reach: number][] = [
	['TypeScript: a method in the middle', '\t\treturn a;\n\t}\n\n█\tb(): void {\n\t\tc();\n\t}\n', 30],
	['TypeScript: the rest of a comment', ' * of it.\n */\n█export function a(): void {\n\tb();\n}\n', 30],
	['TypeScript: the outermost of several', '\t\t}\n\ta();\n}\n\n█function b() {\n\tc();\n}\n', 30],
	['TypeScript: between two blocks', '\t\ta();\n\t} else {\n\t\tb();\n\t}\n█\tc();\n}\n', 40],
	['TypeScript: a comment belongs to what it heads', '\ta();\n}\n\n█/** B. */\nfunction b() {}\n', 30],
	['TypeScript: a bracket on its own line', '\t\ta();\n}\n█class B\n{\n\tc();\n}\n', 40],
	[
		'Python: decorators belong to their function',
		'        return a\n\n█    @b\n    def c(self):\n        pass\n',
		40,
	],
	['Python: the end of a class', '        return a\n\n\n█def b():\n    return c\n', 40],
	['Python: another branch', '        a()\n    except B:\n        c()\n█    d()\n', 40],
	['Ruby: the end of a method', '    a\n  end\n█  def b\n    c\n  end\n', 20],
	['Lua: the end of a function', '\ta()\nend\n\n█local function b()\n\tc()\nend\n', 20],
	['C: what the preprocessor goes on with', '\ta();\n#else\n\tb();\n#endif\n█int c;\n', 30],
	['shell: the end of a block', '\ta\nfi\n█b() {\n\tc\n}\n', 20],
	['HTML: the end of an element', '\t\t<p>a</p>\n\t</div>\n█\t<div>\n\t\t<p>b</p>\n', 40],
	['TypeScript: an end that stands as far out', '}\n█function b() {\n\tc();\n}\n', 30],
	['where something begins already', '█function a() {\n\tb();\n}\nc();\n', 30],
	['lines that are all as far out', '█a = 1\nb = 2\n\nc = 3\n', 20],
	['a word that only begins like an end', '█endpoint = 1\nb = 2\n', 20],
	['what is out of reach', '█\ta();\n\tb();\n\tc();\n}\nd();\n', 10],
	['blank lines', '\n\n█a();\n', 10],
	['nothing but the ends of blocks', '█\t}\n}\n', 10],
	['an empty text', '█', 10],
];

const ENDINGS: readonly [name: string, text: string, reach: number][] = [
	['TypeScript: a function in the middle', '\ta();\n}█\n\nfunction b() {\n\tc();\n\td();\n', 40],
	['TypeScript: the head of a comment', '}\na();█\n/**\n * B.\n */\n', 20],
	['TypeScript: the last of several', 'a();\nb();\nc();█\nfunction d() {\n\te();\n', 40],
	['Python: a method in the middle', '    return a\n█\nclass B:\n    def c(self):\n        return 1\n', 60],
	['Lua: the end of a function', 'end█\n\nlocal function b()\n\tc()\n', 30],
	['where something ends already', '\ta();\n}█\n\nfunction b() {\n', 0],
	['TypeScript: where only its last line is cut off', 'function b() {\n\tc();\n\td();█\n}\n', 40],
	['what is out of reach', 'a();\nfunction b() {\n\tc();\n\td();█\n\te();\n', 6],
];

describe('boundaries', () => {
	for (const [name, source, reach] of BEGINNINGS) {
		it(`begins at: ${name}`, () => {
			const text = source.replace('█', '');
			assert.equal(firstBeginning(text, reach), source.indexOf('█'));
		});
	}

	for (const [name, source, reach] of ENDINGS) {
		it(`ends at: ${name}`, () => {
			const text = source.replace('█', '');
			// What was kept of it ends with the line before the last.
			const end = reach <= 6 ? source.indexOf('█') : text.lastIndexOf('\n', text.length - 2);
			const at = lastEnding(text, end, reach);
			assert.equal(text.slice(0, at), source.slice(0, source.indexOf('█')).replace(/\n+$/, ''));
		});
	}

	it('what stands behind the reach changes nothing', () => {
		const text = '\t\ta();\n\t}\n\tb();\n';
		assert.equal(firstBeginning(text, 12), firstBeginning(`${text}}\nc();\n`, 12));
	});

	it('looks at a text of long lines and of blanks in no time that grows faster than it', () => {
		for (const text of ['\n'.repeat(200_000), ' '.repeat(200_000), `${'\t'.repeat(100)}\n`.repeat(2_000)]) {
			assert.ok(firstBeginning(text, 1_000) <= 1_000);
			assert.ok(lastEnding(text, Math.max(0, text.lastIndexOf('\n')), 1_000) >= 0);
		}
	});
});
