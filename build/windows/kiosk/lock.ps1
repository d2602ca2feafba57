# Locks a kiosk or a calling board down: the account "onewindow" signs in by itself and sees the
# terminal alone, and keys that lead out of it do nothing. Run once as administrator, after setup.exe:
#
#   powershell -ExecutionPolicy Bypass -File lock.ps1
#
# The machine needs Windows Enterprise, Education or IoT Enterprise. The script asks for the
# account's password when it makes the account. A second run changes nothing. Undo: lock.ps1 -Undo.
#Requires -RunAsAdministrator
param([switch]$Undo)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
$account = 'onewindow'

$restart = $false
foreach ($feature in 'Client-DeviceLockdown', 'Client-EmbeddedShellLauncher', 'Client-KeyboardFilter') {
    $state = Get-WindowsOptionalFeature -Online -FeatureName $feature -ErrorAction SilentlyContinue
    if (-not $state) {
        throw "This Windows has no ${feature}: install Windows Enterprise, Education or IoT Enterprise."
    }
    if ($state.State -ne 'Enabled') {
        Enable-WindowsOptionalFeature -Online -FeatureName $feature -All -NoRestart | Out-Null
        $restart = $true
    }
}
if ($restart) {
    throw 'Windows has switched on what locking needs: restart the machine and run this again.'
}

# The shell. The bridge between WMI and MDM takes the file's text with its marks escaped.
$policy = Get-CimInstance -Namespace 'root\cimv2\mdm\dmmap' -ClassName MDM_AssignedAccess
$policy.ShellLauncher = if ($Undo) { $null } else {
    [System.Net.WebUtility]::HtmlEncode([IO.File]::ReadAllText((Join-Path $here 'shell-launcher.xml')))
}

if (-not $Undo -and -not (Get-LocalUser -Name $account -ErrorAction SilentlyContinue)) {
    $password = Read-Host -AsSecureString "New password of the account $account"
    New-LocalUser -Name $account -Password $password -PasswordNeverExpires -UserMayNotChangePassword -AccountNeverExpires | Out-Null
    Add-LocalGroupMember -SID 'S-1-5-32-545' -Member $account
}
Set-CimInstance -CimInstance $policy

# The keys.
$space = 'root\standardcimv2\embedded'
Set-Service -Name MsKeyboardFilter -StartupType Automatic
foreach ($line in [IO.File]::ReadAllLines((Join-Path $here 'keyboard-filter.txt'))) {
    $name = $line.Trim()
    if ($name -eq '' -or $name.StartsWith('#')) { continue }
    $key = Get-CimInstance -Namespace $space -ClassName WEKF_PredefinedKey | Where-Object { $_.Id -eq $name }
    if (-not $key) { Write-Warning "This Windows does not know the key ${name}."; continue }
    Set-CimInstance -CimInstance $key -Property @{ Enabled = -not $Undo }
}
$settings = @{ DisableKeyboardFilterForAdministrators = 'true'; ForceOffAccessibility = 'false' }
foreach ($name in $settings.Keys) {
    $setting = Get-CimInstance -Namespace $space -ClassName WEKF_Settings | Where-Object { $_.Name -eq $name }
    Set-CimInstance -CimInstance $setting -Property @{ Value = $settings[$name] }
}

# The screen stays on, and nothing swipes in from its edges.
powercfg /change monitor-timeout-ac 0
powercfg /change standby-timeout-ac 0
$edges = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\EdgeUI'
if (-not (Test-Path $edges)) { New-Item -Path $edges -Force | Out-Null }
Set-ItemProperty -Path $edges -Name AllowEdgeSwipe -Type DWord -Value $(if ($Undo) { 1 } else { 0 })
Write-Host 'Done. Let the account sign in by itself with Autologon (Sysinternals), then restart the machine.'
