-- The health of an SFTJob, as Argo CD shows that of a Job: Progressing until it ends.
local health = { status = "Progressing", message = "The operator has not seen this version yet" }
local status = obj.status
if status == nil or status.conditions == nil or status.observedGeneration ~= obj.metadata.generation then
  return health
end
local conditions = {}
for _, condition in ipairs(status.conditions) do
  conditions[condition.type] = condition
end
local function is(type, value)
  return conditions[type] ~= nil and conditions[type].status == value
end
if conditions.Succeeded ~= nil then
  health.message = conditions.Succeeded.message
end
if is("Succeeded", "True") then
  health.status = "Healthy"
elseif is("Succeeded", "False") then
  health.status = "Degraded"
elseif is("Stalled", "True") then
  health.status = "Degraded"
  health.message = conditions.Stalled.message
elseif is("Suspended", "True") then
  health.status = "Suspended"
end
return health
