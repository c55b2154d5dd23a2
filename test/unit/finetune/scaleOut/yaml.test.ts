/** Plain data as YAML that PyYAML reads as the same data. */
import * as assert from 'node:assert/strict';
import { yamlOf } from '../../../../src/finetune/scaleOut/yaml';

describe('YAML of an export', () => {
	it('indents objects and lists of objects, and keeps the rest on one line', () => {
		const value = {
			name: 'a "b": # c',
			list: [1, 'two', false],
			nested: { deep: { number: 0.1 } },
			items: [{ path: 'x', sub: { one: 1 } }, { path: 'y' }],
			nothing: null,
			empty: {},
		};
		assert.equal(
			yamlOf(value, ['First']),
			`# First
name: "a \\"b\\": # c"
list: [1, "two", false]
nested:
  deep:
    number: 0.1
items:
  - path: "x"
    sub:
      one: 1
  - path: "y"
nothing: null
empty: {}
`,
		);
	});

	it('writes small numbers with a point, which YAML 1.1 asks for', () => {
		assert.equal(
			yamlOf({ a: 1e-8, b: [2e-7, 1.5e-8], c: 3e-4, d: '1e-8' }),
			'a: 1.0e-8\nb: [2.0e-7, 1.5e-8]\nc: 0.0003\nd: "1e-8"\n',
		);
	});
});
