using Qubes.Tools.Hosting;

namespace Qubes.Tools.Domains;

/// <summary>A name on the command line has no qube.</summary>
internal sealed class NoSuchQubeException(string name) : UsageException($"no such domain: '{name}'");
