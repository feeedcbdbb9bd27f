// The jk: attributes of flows, for reading and writing BPMN files.
const text = (name) => ({ name, isAttr: true, type: "String" });

const of = (name, types, attributes) => ({ name, extends: types, properties: attributes.map(text) });

export default {
  name: "Jingkai",
  uri: "urn:jingkai:bpmn:1",
  prefix: "jk",
  xml: { tagAlias: "lowerCase" },
  types: [
    of("Named", ["bpmn:FlowElement", "bpmn:Process"], ["nameEn"]),
    of("Flow", ["bpmn:Process"], ["variables", "resubmit", "limit"]),
    of("Step", ["bpmn:UserTask"], [
      "pool", "outcomes", "clock", "form", "sendBackTo", "binding", "phone", "batch", "skipSame",
      "each", "pass", "passing", "early", "timeout", "x-opinion",
    ]),
    of("Part", ["bpmn:Activity"], ["branch", "outcomeAs"]),
    of("Act", ["bpmn:ServiceTask"], ["action"]),
    of("Table", ["bpmn:BusinessRuleTask"], ["decision"]),
    of("Sub", ["bpmn:CallActivity"], ["give", "take"]),
    of("Close", ["bpmn:EndEvent"], ["outcome"]),
    of("Wait", ["bpmn:CatchEvent"], ["after", "waitsFor", "clock"]),
  ],
};
