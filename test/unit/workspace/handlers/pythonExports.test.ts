import assert from 'node:assert/strict';
import { exportIn } from '../parser.ts';

const find = exportIn.bind(undefined, 'python');

const def = 'def handler(event, context):\n    return 1\n';

describe('a name of a Python file', () => {
  const cases: readonly [text: string, place: string][] = [
    [def, '1:1'],
    [`import os\n\n\n${def}`, '4:1'],
    [`@logged\n@traced(1)\n${def}`, '1:1'],
    ['handler = lambda event, context: 1', '1:1'],
    ['def main(event, context):\n    pass\n\nhandler = main', '1:1'],
    ['handler = Mangum(app)', '1:1'],
    ['handler = app.handler', '1:1'],
    ['handler: Handler = make()', '1:1'],
    ['main = handler = make()', '1:1'],
    ['main, handler = make()', '1:7'],
    ['from shop.orders import handler', '1:25'],
    ['from .orders import (\n    other,\n    main as handler,\n)', '3:5'],
    ['handler = None\n' + def, '2:1'],
    [`${def}\nif DEBUG:\n    handler = traced(handler)`, '1:1'],
    [`class A:\n    def handler(self):\n        pass\n\n${def}`, '5:1'],
    [`"""Orders."""\n${def}\nif __name__ == "__main__":\n    handler({}, None)`, '2:1'],
    ['if x:\n    def handler(e, c):\n        pass', 'dynamic'],
    ['try:\n    from a import handler\nexcept ImportError:\n    handler = None', 'dynamic'],
    ['with x() as handler:\n    pass', 'dynamic'],
    ['for handler in []:\n    pass', 'dynamic'],
    ['from shop import *', 'dynamic'],
    ['class handler:\n    pass', 'dynamic'],
    ['def set():\n    global handler\n    handler = 1', 'dynamic'],
    ['globals()["handler"] = lambda e, c: 1', 'dynamic'],
    ['def __getattr__(name):\n    return print', 'dynamic'],
    ['print(handler := len)', 'dynamic'],
    ['def handler(event context):\n    pass', 'syntax 1'],
    [`${def}\ndel handler`, 'absent'],
    ['x = 1', 'absent'],
    ['', 'absent'],
    ['handler: Handler', 'absent'],
    ['handler = 1', 'absent'],
    ['handler = {"a": 1}', 'absent'],
    ['handler = None', 'absent'],
    ['handlers = "x"\nhandler = handlers', 'absent'],
    ['import handler', 'absent'],
    ['import shop.orders as handler', 'absent'],
    ['app.handler = len', 'absent'],
    ['class A:\n    def handler(self):\n        pass', 'absent'],
    ['def main():\n    def handler(e, c):\n        pass', 'absent'],
    ['async def handler(event, context):\n    pass', 'absent'],
    ['async def main(event, context):\n    pass\nhandler = main', 'absent'],
    ['@sync\nasync def handler(event, context):\n    pass', '1:1'],
    ['if __name__ == "__main__":\n    handler = 1', 'absent'],
    ['a = b\nb = a\nhandler = a', '1:1'],
  ];
  for (const [text, place] of cases) {
    it(`is ${place} in ${JSON.stringify(text)}`, async () => assert.equal(await find(text), place));
  }
});
