namespace Qubes.Plugins.AdminApi.Wire;

/// <summary>A source, destination or argument has bytes outside ASCII; answered with nothing (spec: Admin API, section 3.1).</summary>
internal sealed class NotAsciiException(string what) : Exception($"The {what} has bytes outside ASCII.");
