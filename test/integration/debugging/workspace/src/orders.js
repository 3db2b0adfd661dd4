exports.handler = async (event) => {
  const total = event.price * 2;
  if (event.fail) throw new Error(`total ${total}`);
  return total;
};
