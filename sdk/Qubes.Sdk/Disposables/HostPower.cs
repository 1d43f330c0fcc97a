namespace Qubes.Sdk.Disposables;

/// <summary>Where the host has its power from.</summary>
/// <param name="IsOnBattery">It runs on a battery. False also where nobody can say.</param>
/// <param name="Percent">What is left in its batteries, 0 to 100; null: it has none, or nobody can say.</param>
public readonly record struct HostPower(bool IsOnBattery, int? Percent);
