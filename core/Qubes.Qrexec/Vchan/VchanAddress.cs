namespace Qubes.Qrexec.Vchan;

/// <summary>A vchan as one of its two domains sees it.</summary>
/// <param name="Domain">The other domain's numeric id; 0 = the host.</param>
/// <param name="Port">512 for control, 513–768 for data.</param>
public readonly record struct VchanAddress(int Domain, int Port);
