exports.handler = async (event) => {
  if (event.fail) throw new TypeError(`no stock for ${event.item}`);
  return { shipped: event.item };
};
