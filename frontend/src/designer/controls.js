// Palette and context pad: only what the engine runs, in the reader's words.
const KINDS = {
  start: ["bpmn:StartEvent", "bpmn-icon-start-event-none"],
  user: ["bpmn:UserTask", "bpmn-icon-user-task"],
  exclusive: ["bpmn:ExclusiveGateway", "bpmn-icon-gateway-xor"],
  parallel: ["bpmn:ParallelGateway", "bpmn-icon-gateway-parallel"],
  inclusive: ["bpmn:InclusiveGateway", "bpmn-icon-gateway-or"],
  service: ["bpmn:ServiceTask", "bpmn-icon-service-task"],
  rule: ["bpmn:BusinessRuleTask", "bpmn-icon-business-rule-task"],
  call: ["bpmn:CallActivity", "bpmn-icon-call-activity"],
  wait: ["bpmn:IntermediateCatchEvent", "bpmn-icon-intermediate-event-catch-timer", { eventDefinitionType: "bpmn:TimerEventDefinition" }],
  end: ["bpmn:EndEvent", "bpmn-icon-end-event-none"],
};
const BEHIND = ["user", "exclusive", "parallel", "end"];

export default function controls(words) {
  class Palette {
    constructor(palette, create, elementFactory, handTool, lassoTool, spaceTool, globalConnect) {
      Object.assign(this, { create, elementFactory, handTool, lassoTool, spaceTool, globalConnect });
      palette.registerProvider(this);
    }

    getPaletteEntries() {
      const tool = (name, icon, start) => ({ group: "tools", className: icon, title: words[name], action: { click: start } });
      const entries = {
        hand: tool("hand", "bpmn-icon-hand-tool", (event) => this.handTool.activateHand(event)),
        lasso: tool("lasso", "bpmn-icon-lasso-tool", (event) => this.lassoTool.activateSelection(event)),
        space: tool("space", "bpmn-icon-space-tool", (event) => this.spaceTool.activateSelection(event)),
        connect: tool("connect", "bpmn-icon-connection-multi", (event) => this.globalConnect.start(event)),
        "line-1": { group: "tools", separator: true },
      };
      for (const [name, [type, icon, more]] of Object.entries(KINDS)) {
        const start = (event) => this.create.start(event, this.elementFactory.createShape({ type, ...more }));
        entries[name] = { group: "shapes", className: icon, title: words[name], action: { dragstart: start, click: start } };
      }
      return entries;
    }
  }
  Palette.$inject = ["palette", "create", "elementFactory", "handTool", "lassoTool", "spaceTool", "globalConnect"];

  class Pad {
    constructor(contextPad, modeling, connect, create, elementFactory, autoPlace) {
      Object.assign(this, { modeling, connect, create, elementFactory, autoPlace });
      contextPad.registerProvider(this);
    }

    getContextPadEntries(element) {
      const entries = {};
      const kind = element.type;
      const leads = element.waypoints === undefined && kind !== "label" && kind !== "bpmn:EndEvent" && kind !== "bpmn:TextAnnotation";
      if (leads && kind !== "bpmn:Process") {
        for (const name of BEHIND) {
          const [type, icon, more] = KINDS[name];
          const shape = () => this.elementFactory.createShape({ type, ...more });
          entries[`append-${name}`] = {
            group: "model",
            className: icon,
            title: words.append.replace("%(what)s", words[name]),
            action: {
              click: () => this.autoPlace.append(element, shape()),
              dragstart: (event) => this.create.start(event, shape(), { source: element }),
            },
          };
        }
        const start = (event) => this.connect.start(event, element);
        entries.connect = { group: "connect", className: "bpmn-icon-connection", title: words.connect, action: { click: start, dragstart: start } };
      }
      entries.delete = { group: "edit", className: "bpmn-icon-trash", title: words.remove, action: { click: () => this.modeling.removeElements([element]) } };
      return entries;
    }

    getMultiElementContextPadEntries(elements) {
      return { delete: { group: "edit", className: "bpmn-icon-trash", title: words.remove, action: { click: () => this.modeling.removeElements(elements.slice()) } } };
    }
  }
  Pad.$inject = ["contextPad", "modeling", "connect", "create", "elementFactory", "autoPlace"];

  return { __init__: ["paletteProvider", "contextPadProvider"], paletteProvider: ["type", Palette], contextPadProvider: ["type", Pad] };
}
