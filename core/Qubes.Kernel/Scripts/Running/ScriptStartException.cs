using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Scripts.Running;

/// <summary>A script's top level failed.</summary>
internal sealed class ScriptStartException(string message) : QubesException(message);
