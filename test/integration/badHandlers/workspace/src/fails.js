export const handler = async (event) => check(event);

function check(event) {
  throw new RangeError(`no room for ${event.order}`);
}
