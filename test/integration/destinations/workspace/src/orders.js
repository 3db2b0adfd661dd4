exports.handler = async (event) => {
  if (event.fail) throw new Error('no stock');
  return { ok: true };
};
